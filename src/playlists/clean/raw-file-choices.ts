/** How the text of raw files may be written, where it does not tell by itself: what each choice is called, once for every option. */

/** How text is encoded, unless it is UTF-16, which tells itself. */
export const textEncodings = ["utf-8", "latin-1"] as const;
export type TextEncoding = (typeof textEncodings)[number];

/** How a quote inside a quoted field is written: `\"` (and `""`), or only `""`; or that no field is quoted, and quotes are letters. */
export const escapeStyles = ["backslash", "doubled", "none"] as const;
export type EscapeStyle = (typeof escapeStyles)[number];

/** Which number of a date such as 01/02/2024 is the day. */
export const dayOrders = ["day-first", "month-first"] as const;
export type DayOrder = (typeof dayOrders)[number];
