export interface Runtime {
  readonly name: string
}
export const columns: readonly Runtime[]
export const rows: readonly {
  readonly name: string
  on(runtime: Runtime): { readonly notTried?: string }
}[]
