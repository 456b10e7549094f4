/** Whether a string can name an artifact: it becomes the end of a path, as in `segue dump modeling/eval/testHitRatio`. */
export const isArtifactName = (name: string): boolean => /^[^/\p{Cc}]+$/u.test(name);

/** The rule, for messages. */
export const artifactNames = 'a name has at least one character, and neither "/" nor line breaks: a_b';
