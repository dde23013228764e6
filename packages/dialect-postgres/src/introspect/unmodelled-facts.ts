import type { SchemaModel, Session, TableModel, TableRef, Undeclared, UnmodelledFact } from '@org/migrate-core/dialect'
import { introspect } from './index.ts'
import { isOfHeir } from './whole/heirs.ts'
import { sequencePrivileges } from './whole/identity-sequence.ts'
import { extraText } from './whole/undeclared-facts.ts'

/** Whose an object is belongs to the deployment, as on every server; PostgreSQL 18 names each NOT NULL by itself. */
const ofDeployment = new Set(['owner', 'privileges', sequencePrivileges, 'name of NOT NULL'])

type Part = Undeclared & { readonly name?: string }

/** Of an object, or of a part of the table `ref`. */
function factsOf(kind: UnmodelledFact['kind'], ref: TableRef, object: Part, part?: string): readonly UnmodelledFact[] {
  const { extras = [], lasting = [] } = object
  const statements = extras
    .filter(({ what }) => !ofDeployment.has(what) && !isOfHeir(what))
    .flatMap((extra) => extra.statements.map((parts) => extraText(parts, { table: ref, name: part })))
  const { name: own, ...schema } = ref
  const named = part === undefined ? { name: own } : { table: own, name: part }
  return [...statements, ...lasting].map((fact) => ({ kind, ...schema, ...named, fact }))
}

function ofTable(table: TableModel): readonly UnmodelledFact[] {
  const { ref, options, columns, constraints, indexes, policies = [] } = table
  const ofParts = (kind: UnmodelledFact['kind'], parts: readonly Part[]) =>
    parts.flatMap((part) => factsOf(kind, ref, part, part.name ?? ''))
  return [
    // Partitions are tables, and named as such.
    ...factsOf('table', ref, options.partitionBy === undefined ? table : { extras: table.extras ?? [] }),
    ...ofParts('column', columns),
    ...ofParts('constraint', constraints),
    ...ofParts('index', indexes),
    ...ofParts('policy', policies),
  ]
}

/** What stands in the catalog beside the definitions: rules, statistics, storage, comments, publications, what a table inherits. */
export async function unmodelledFacts(session: Session, schema: SchemaModel): Promise<readonly UnmodelledFact[]> {
  const whole = await introspect(session, { whole: true })
  return [
    ...[...whole.tables].flatMap(([key, table]) =>
      schema.tables.has(key) && table.opaque === undefined ? ofTable(table) : [],
    ),
    ...(['view', 'enum', 'sequence'] as const).flatMap((kind) =>
      [...whole[`${kind}s`]].flatMap(([key, object]) =>
        schema[`${kind}s`].has(key) ? factsOf(kind, object.ref, object) : [],
      ),
    ),
  ]
}
