export const tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[]
export const groups: readonly string[]
export const sameValues: string
