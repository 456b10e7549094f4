/** A number as the pages write it: "12,900". */
export const number = (value: number) => value.toLocaleString("en");
