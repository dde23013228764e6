export function committed(page?: string): { readonly [row: string]: { readonly [column: string]: string } }
