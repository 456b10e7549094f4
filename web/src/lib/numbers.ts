/** A number as the pages write it: "12,900". */
export const number = (value: number) => value.toLocaleString("en");

/** A metric or a parameter of a grid: four significant digits, but every digit before the point. */
export const figure = (value: number) =>
  Number(Math.abs(value) < 1000 ? value.toPrecision(4) : value.toFixed(0));
