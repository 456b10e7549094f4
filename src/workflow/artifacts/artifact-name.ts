/** What an artifact may be called: it stands at the end of a path, as in `segue dump modeling/eval/testHitRatio`. */
export const isArtifactName = (name: string): boolean => /^[^/\p{Cc}]+$/u.test(name);

/** For messages. */
export const artifactNames = 'a name has at least one character, and neither "/" nor line breaks: a_b';
