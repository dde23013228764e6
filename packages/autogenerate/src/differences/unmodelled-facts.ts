import type { Dialect, SchemaModel, Session, UnmodelledFact } from '@org/migrate-core/dialect'

export async function readUnmodelledFacts(
  { introspection }: Dialect,
  session: Session,
  schema: SchemaModel,
): Promise<readonly UnmodelledFact[]> {
  return (await introspection.unmodelledFacts?.(session, schema)) ?? []
}

/** The same for people: `column t.a: INVISIBLE`. */
export async function readUnmodelledLines(...from: Parameters<typeof readUnmodelledFacts>): Promise<readonly string[]> {
  return (await readUnmodelledFacts(...from)).map(
    ({ kind, table, name, fact }) => `${kind} ${table === undefined ? '' : `${table}.`}${name}: ${fact}`,
  )
}

/** What a revision that is written from the schema leaves out. */
export const factNote = (line: string): string =>
  `${line}. No operation makes that: add it to the revision with \`op.sql\`.`
