import { type Dialect, refText, type SchemaModel, type Session } from '@org/migrate-core/dialect'
import { type FilteredObject, opaqueKinds } from './filter.ts'

/** What a comparison leaves as it is: a table of another kind (virtual, foreign, a partition), a function, or a type of a user. */
export interface UncomparedObject {
  readonly kind: 'table' | 'routine'
  readonly name: string
  /** Of a table; absent: the schema of the connection. */
  readonly schema?: string
  /** For people: `a partition`. */
  readonly what: string
  /** Equal where it is the same in two databases, as far as it is known. */
  readonly text: string
}

const isType = (name: string): boolean => /^(?:domain|type) /.test(name)

/** The functions and types of users. */
export async function uncomparedRoutines(
  { introspection }: Dialect,
  session: Session,
): Promise<readonly UncomparedObject[]> {
  const routines = (await introspection.routines?.(session)) ?? []
  return routines.map(({ name, create }) => ({
    kind: 'routine',
    name,
    what: isType(name) ? 'a type' : 'a function',
    text: create,
  }))
}

/** Reads it, without the tables that belong to a virtual one. */
export async function readUncompared(
  dialect: Dialect,
  session: Session,
  { tables }: SchemaModel,
  keep: (object: FilteredObject) => boolean,
): Promise<readonly UncomparedObject[]> {
  const ofOtherKinds = [...tables.values()].flatMap(({ ref, opaque, source }): readonly UncomparedObject[] =>
    opaque === undefined || opaque === 'shadow' || !keep({ kind: 'table', ...ref })
      ? []
      : [{ kind: 'table', ...ref, what: opaqueKinds[opaque], text: source ?? opaque }],
  )
  return [...ofOtherKinds, ...(await uncomparedRoutines(dialect, session))]
}

/** For people: `docs, a virtual table`. */
export const uncomparedName = ({ kind, name, schema, what }: UncomparedObject): string =>
  kind === 'routine' ? name : `${refText({ name, ...(schema === undefined ? {} : { schema }) })}, ${what}`
