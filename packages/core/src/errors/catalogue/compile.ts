/** Errors of turning operations into statements. */
export interface CompileErrors {
  readonly UNSUPPORTED: { readonly dialect: string; readonly operation: string; readonly why: string }
  readonly CAST_NEEDED: { readonly object: string; readonly from: string; readonly to: string; readonly using: string }
  readonly NAME_TOO_LONG: { readonly name: string; readonly limit: number; readonly unit: 'bytes' | 'characters' }
  readonly UNPARSED_SQL: { readonly object: string; readonly sql: string; readonly why: string }
  readonly NOT_PRINTABLE: { readonly steps: readonly { readonly revision: string; readonly label: string }[] }
}

export const compileRemedies: { readonly [C in keyof CompileErrors]: string } = {
  UNSUPPORTED: 'Leave it out on this database with op.on(), or use what the database has instead.',
  CAST_NEEDED: 'Say with `using` how the old values become new ones.',
  NAME_TOO_LONG: 'Choose a shorter name; a server would cut or refuse it.',
  UNPARSED_SQL: 'Report the CREATE text: it could not be read, so nothing was changed.',
  NOT_PRINTABLE: 'Run it online, or leave the data steps out on request.',
}
