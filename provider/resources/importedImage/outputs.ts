/** The names that only create, update and read put into the state. */
export const outputs = ["manifest", "createdTags", "adoptedTags", "pushed", "childTags", "unfinished"];
