import type { SchemaModel, Session, TableModel, TableRef, Undeclared, UnmodelledFact } from '@org/migrate-core/dialect'
import { introspect } from './index.ts'
import { noExtension, textOf, userSchema } from './reading.ts'
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

/** Where objects are of which nothing is in the model; those with lower numbers come with every database. */
const otherCatalogs = [
  ...['aggregate', 'operator', 'opclass', 'opfamily', 'cast', 'transform', 'collation', 'conversion', 'language', 'am'],
  ...['ts_config', 'ts_dict', 'ts_parser', 'ts_template'],
  ...['event_trigger', 'foreign_data_wrapper', 'foreign_server', 'publication'],
].map((name) => `pg_${name}`)
const firstOfUsers = 16_384

const objectsOf = (catalog: string): string => {
  const [home, number] = catalog === 'pg_aggregate' ? ['pg_proc', 'o.aggfnoid::oid'] : [catalog, 'o.oid']
  return `SELECT '${home}'::regclass AS catalog, ${number} AS oid FROM pg_catalog.${catalog} o
WHERE ${number} >= ${firstOfUsers} AND ${noExtension(home, number)} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
  WHERE i.classid = '${home}'::regclass AND i.objid = ${number} AND i.deptype = 'i')`
}

/** Comments on what the model has only the name or the text of. The schema `public` comes with one. */
const comments = `SELECT d.classoid AS catalog, d.objoid AS oid, d.description AS comment FROM pg_catalog.pg_description d
WHERE d.objsubid = 0 AND ((d.classoid = 'pg_proc'::regclass AND ${noExtension('pg_proc', 'd.objoid')})
  OR (d.classoid = 'pg_namespace'::regclass AND ${noExtension('pg_namespace', 'd.objoid')})) AND d.objoid >= ${firstOfUsers}`

/** Objects of which no operation makes any. In one schema there are its own; what belongs to the database is not its. */
async function otherObjects(session: Session, isOfOneSchema: boolean): Promise<readonly UnmodelledFact[]> {
  const objects = otherCatalogs.map(objectsOf).join(' UNION ALL ')
  const schemas = isOfOneSchema
    ? "coalesce(i.schema, CASE WHEN i.type = 'schema' THEN i.name END) = current_schema()"
    : `(i.schema IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = i.schema AND ${userSchema('n')}))`
  const rows =
    await session.query(`SELECT i.type, i.identity, CASE WHEN f.comment IS NULL THEN upper('create ' || i.type)
    ELSE upper('comment on ' || i.type) || ' ' || i.identity || ' IS ' || quote_literal(f.comment) END AS fact
FROM (SELECT catalog, oid, NULL AS comment FROM (${objects}) AS every UNION ALL ${comments}) AS f,
  pg_catalog.pg_identify_object(f.catalog::oid, f.oid, 0) AS i
WHERE ${schemas} ORDER BY i.type, i.identity, fact`)
  return rows.map(({ type, identity, fact }) => ({
    kind: 'object',
    name: `${textOf(type)} ${textOf(identity)}`,
    fact: String(fact),
  }))
}

/** What stands in the catalog beside the definitions: rules, statistics, storage, comments, publications, what a table inherits. */
export async function unmodelledFacts(
  session: Session,
  schema: SchemaModel,
  isOfOneSchema: boolean,
): Promise<readonly UnmodelledFact[]> {
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
    ...(await otherObjects(session, isOfOneSchema)),
  ]
}
