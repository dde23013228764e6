/** What to do next, in general, for errors whose `details` have the shape `D`. */
export type CodeEntry<D> = string & { readonly details?: D }

/** An entry of the catalogue: the shape of its details, and the remedy. */
export const code = <D>(remedy: string): CodeEntry<D> => remedy
