import type { Dialect, SchemaModel, Session, TableModel, UnmodelledFact } from '@org/migrate-core/dialect'
import { opaqueKinds } from './filter.ts'

export async function readUnmodelledFacts(
  { introspection }: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly UnmodelledFact[]> {
  return (await introspection.unmodelledFacts?.(session, schema)) ?? []
}

/** For people: `column t.a: INVISIBLE`. */
export const factLine = ({ kind, schema, table, name, fact }: UnmodelledFact): string =>
  `${kind === 'object' ? '' : `${kind} `}${[schema, table, name].filter((part) => part !== undefined).join('.')}: ${fact.replaceAll(/\s*\n\s*/g, ' ')}`

/** To compare two databases by. */
export const textOfFact = (fact: UnmodelledFact): { readonly name: string; readonly create: string } => ({
  name: factLine(fact),
  create: fact.create ?? fact.fact,
})

/** What a revision that is written from the schema leaves out. */
export const factNote = (fact: UnmodelledFact): string =>
  `${factLine(fact)}. No operation makes that: add it to the revision with \`op.sql\`.`

const hasNoColumns = ({ opaque, columns }: TableModel): boolean => opaque === undefined && columns.length === 0

/** Without the tables that have no columns (PostgreSQL), which no operation makes. */
export function withoutColumnless(schema: SchemaModel): SchemaModel {
  return { ...schema, tables: new Map([...schema.tables].filter(([, table]) => !hasNoColumns(table))) }
}

function whyUnsupported(table: TableModel): string | undefined {
  const { opaque } = table
  if (hasNoColumns(table)) return 'has no columns'
  return opaque === undefined || opaque === 'shadow' ? undefined : `is ${opaqueKinds[opaque]}`
}

/** Tables of another kind: no operation makes them. */
function unsupportedTables({ tables }: SchemaModel): readonly string[] {
  return [...tables.values()].flatMap((table) => {
    const why = whyUnsupported(table)
    return why === undefined ? [] : [`${table.ref.name} ${why}: it stays as it is, and the baseline does not make it.`]
  })
}

/** What a revision that is written from a schema leaves out, a sentence each. */
export const omissionNotes = (schema: SchemaModel, facts: readonly UnmodelledFact[]): readonly string[] => [
  ...unsupportedTables(schema),
  ...facts.map(factNote),
]
