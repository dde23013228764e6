import type { TableRef } from '@org/migrate-core/dialect'

/** An object of a schema, or a fact of one, that the declarations cannot express. A comparison leaves it as it is. */
export interface UndeclaredObject {
  readonly kind:
    | 'schema'
    | 'table'
    | 'column'
    | 'constraint'
    | 'index'
    | 'policy'
    | 'view'
    | 'materializedView'
    | 'enum'
    | 'sequence'
    | 'trigger'
    | 'extension'
    | 'routine'
  readonly name: string
  /** Absent: the schema of the connection. */
  readonly schema?: string
  /** The table of a column, a constraint, an index, a policy or a trigger. */
  readonly table?: string
  /** What of it is not declared, or why nothing of it is. */
  readonly why: string
}

type Part = 'column' | 'constraint' | 'index' | 'policy' | 'trigger'

/** A part of a table. */
export const undeclaredPart = (
  kind: Part,
  { schema, name: table }: TableRef,
  name: string,
  why: string,
): UndeclaredObject => ({ kind, ...(schema === undefined ? {} : { schema }), table, name, why })

/** What has a name of its own. */
export const undeclaredObject = (
  kind: Exclude<UndeclaredObject['kind'], Part>,
  { schema, name }: TableRef,
  why: string,
): UndeclaredObject => ({ kind, ...(schema === undefined ? {} : { schema }), name, why })
