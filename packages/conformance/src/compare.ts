import { type Dialect, type SchemaModel, type SequenceModel, schemaDifferences } from '@org/migrate-core/dialect'
import { equal } from './assert.ts'
import { inspect, modelOf, type Recorded } from './database.ts'
import type { SubjectDatabase } from './subject.ts'

/** A view that was read of a server has no other options than those that it shows. */
const normal = (dialect: Dialect, model: SchemaModel): SchemaModel => ({
  ...model,
  views: new Map([...model.views].map(([key, view]) => [key, { ...view, options: view.options ?? {} }])),
  tables: new Map([...model.tables].map(([key, table]) => [key, dialect.model.normalise(table)])),
})

/**
 * What the server rewrites in its own words (the SELECT of a view, the text of a trigger) is left out on both sides; of a
 * sequence those attributes count that the model says something about.
 */
function comparable(model: SchemaModel, declared: SchemaModel): SchemaModel {
  const blank = { definition: '' }
  return {
    ...model,
    views: new Map(
      [...model.views].map(([key, { ref, materialized, options = {} }]) => [
        key,
        { ref, ...blank, options, ...(materialized ? { materialized } : {}) },
      ]),
    ),
    triggers: new Map([...model.triggers].map(([key, trigger]) => [key, { ...trigger, ...blank }])),
    sequences: new Map(
      [...model.sequences].map(([key, sequence]) => {
        const names = Object.keys(declared.sequences.get(key) ?? sequence)
        return [
          key,
          Object.fromEntries(
            Object.entries(sequence).filter(([name]) => names.includes(name)),
          ) as unknown as SequenceModel,
        ]
      }),
    ),
  }
}

/** How the database differs from the model that was declared, a line each. */
export function differsFromModel(dialect: Dialect, expected: SchemaModel, actual: SchemaModel): readonly string[] {
  const absent = (what: string, names: readonly string[], present: readonly string[]): readonly string[] =>
    names.filter((name) => !present.includes(name)).map((name) => `${what} ${name} is missing`)
  return [
    ...schemaDifferences(
      comparable(normal(dialect, expected), expected),
      comparable(normal(dialect, actual), expected),
    ),
    ...absent('schema', expected.schemas, actual.schemas),
    ...absent('extension', expected.extensions, actual.extensions),
  ]
}

/** How the database differs from what was read of it before: everything counts, to the letter. */
export function differsFromBefore(dialect: Dialect, before: SchemaModel, now: SchemaModel): readonly string[] {
  const unmatched = (what: string, names: readonly string[], otherNames: readonly string[]): readonly string[] =>
    [...names, ...otherNames]
      .filter((name) => !names.includes(name) || !otherNames.includes(name))
      .map((name) => `${what} ${name} is not on both sides`)
  return [
    ...schemaDifferences(normal(dialect, before), normal(dialect, now)),
    ...unmatched('schema', before.schemas, now.schemas),
    ...unmatched('extension', before.extensions, now.extensions),
  ]
}

/** The database is what the builds declare. */
export async function expectDeclared(
  database: SubjectDatabase,
  builds: readonly Recorded[],
  what?: string,
): Promise<SchemaModel> {
  const { dialect, schema } = await inspect(database)
  equal(differsFromModel(dialect, modelOf(dialect, ...builds), schema), [], what)
  return schema
}

/** The database is what it was. */
export async function expectUnchanged(database: SubjectDatabase, before: SchemaModel, what?: string): Promise<void> {
  const { dialect, schema } = await inspect(database)
  equal(differsFromBefore(dialect, before, schema), [], what)
}
