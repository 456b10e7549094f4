/** Whether a number is a valid play count, which training relies on. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
