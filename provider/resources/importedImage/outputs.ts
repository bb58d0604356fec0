/** The names that only create, update and read put into the state, beside the record. */
export const outputs = ["manifest"];
