import type { TableRef } from '@org/migrate-core/dialect'
import type { UndeclaredObject } from './undeclared.ts'

export interface Declarations {
  /** A module that exports each table. */
  readonly text: string
  /** The tables, and what each is exported as. */
  readonly tables: readonly { readonly table: TableRef; readonly name: string }[]
  /** What the module does not declare. A comparison with it leaves these as they are, unless their `why` gives another advice. */
  readonly undeclared: readonly UndeclaredObject[]
}
