import type { Dialect, SchemaModel, Session, UnmodelledFact } from '@org/migrate-core/dialect'
import { opaqueKinds } from './filter.ts'

export async function readUnmodelledFacts(
  { introspection }: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly UnmodelledFact[]> {
  return (await introspection.unmodelledFacts?.(session, schema)) ?? []
}

/** For people: `column t.a: INVISIBLE`. */
const factLine = ({ kind, schema, table, name, fact }: UnmodelledFact): string =>
  `${kind === 'object' ? '' : `${kind} `}${[schema, table, name].filter((part) => part !== undefined).join('.')}: ${fact.replaceAll(/\s*\n\s*/g, ' ')}`

/** What a database has that no declaration has a word for, for people. */
export async function readUnmodelledLines(
  dialect: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly string[]> {
  return (await readUnmodelledFacts(dialect, session, schema)).map(factLine)
}

/** What a revision that is written from the schema leaves out. */
export const factNote = (line: string): string =>
  `${line}. No operation makes that: add it to the revision with \`op.sql\`.`

/** Tables of another kind: no operation makes them. */
function unsupportedTables({ tables }: SchemaModel): readonly string[] {
  return [...tables.values()].flatMap(({ ref, opaque }) =>
    opaque === undefined || opaque === 'shadow'
      ? []
      : [`${ref.name} is ${opaqueKinds[opaque]}: it stays as it is, and the baseline does not make it.`],
  )
}

/** What a revision that is written from a schema leaves out, a sentence each. */
export const omissionNotes = (schema: SchemaModel, facts: readonly UnmodelledFact[]): readonly string[] => [
  ...unsupportedTables(schema),
  ...facts.map(factLine).map(factNote),
]
