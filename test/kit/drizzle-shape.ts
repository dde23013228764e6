/** The names of what an object of Drizzle has of its own, sorted: a new one is a word that is not read yet. */
export const ownNames = (builder: object | undefined): readonly string[] => Object.keys(builder ?? {}).sort()
