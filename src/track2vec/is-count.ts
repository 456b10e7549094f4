/** Whether a number can be how often a track was played: training takes it for a share of all plays. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
