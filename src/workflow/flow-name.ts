/** What a flow may be called: its runs lie in a folder of that name, and its artifacts are asked for by it. */
export const isFlowName = (name: string): boolean => /^[a-z][\w-]*$/i.test(name);
