import {
  type CompileTable,
  type ConstraintModel,
  type ConstraintOf,
  type OperationAround,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { constraintClause, indexClause } from '../ddl/write-table.ts'
import type { Server } from '../flavour.ts'
import { quote, unsupported } from '../sql/quote.ts'
import { keyPrefixes } from '../types/implicit-indexes.ts'
import { modified } from './columns.ts'
import { checkCounter } from './dependants/counted-column.ts'
import { requireUnread } from './dependants/foreign-keys.ts'
import { checkPartitionedConstraint } from './dependants/partition-limits.ts'
import { refusedByConstraint } from './dependants/refused-rows.ts'
import { checkLimits, checkWholeKey } from './index-limits.ts'
import {
  checkForcedKey,
  checkForeignKey,
  checkKeyRemains,
  indexChanges,
  refuseGenerated,
  refuseNeeded,
} from './limits.ts'
import { refuseOwnKey } from './primary-key.ts'
import { alterTable, notInSchema, refText, tableOf } from './statements.ts'

function dropClause(server: Server, constraint: ConstraintModel): SqlFragment {
  const name = quote.identifier(constraint.name ?? 'PRIMARY')
  if (constraint.kind === 'primaryKey') return sql`DROP PRIMARY KEY`
  if (constraint.kind === 'foreignKey') return sql`DROP FOREIGN KEY ${name}`
  if (constraint.kind === 'unique') return sql`DROP INDEX ${name}`
  // https://mariadb.com/kb/en/constraint/: MariaDB has no DROP CHECK, MySQL has DROP CONSTRAINT from 8.0.19 only.
  return server.flavour === 'mysql' ? sql`DROP CHECK ${name}` : sql`DROP CONSTRAINT ${name}`
}

/**
 * The server makes the index of a new foreign key itself. What it would do with the index of another one depends on who made that,
 * which no catalog shows: so it is stated.
 */
function indexClausesForForeignKey(
  server: Server,
  from: TableModel,
  to: TableModel,
  key: ConstraintOf<'foreignKey'>,
): readonly SqlFragment[] {
  const [hiddenBefore, hiddenAfter] = [from.hiddenIndexes ?? [], to.hiddenIndexes ?? []]
  const shared = hiddenBefore.find(
    ({ elements }) =>
      elements.length === key.columns.length && elements.every(({ column }, at) => column === key.columns[at]),
  )
  if (shared !== undefined && hiddenAfter.some(({ name }) => name === shared.name)) {
    return [sql`DROP INDEX ${quote.identifier(shared.name)}`, sql`ADD ${indexClause(server, shared)}`]
  }
  const replaces = hiddenBefore.some(({ name }) => !hiddenAfter.some((index) => index.name === name))
  return replaces ? indexChanges(server, from, to) : []
}

function addConstraint(
  server: Server,
  { operation, before, after }: OperationAround<'addConstraint'>,
): readonly Statement[] {
  const { table: ref, constraint } = operation
  const [from, to] = [tableOf(before, ref), tableOf(after, ref)]
  // `applyToModel` gave it a name, and put it last.
  const named = to.constraints.at(-1) ?? constraint
  if (named.kind === 'foreignKey') checkForeignKey(server, to, named, after)
  checkPartitionedConstraint(to, named, after)
  requireUnread(server, to)
  if (named.kind === 'check') checkCounter(server, to, `add check ${named.name ?? ''} of ${refText(ref)}`)
  checkLimits(server, to)
  checkWholeKey(server, to, named)
  const indexes =
    named.kind === 'foreignKey' ? indexClausesForForeignKey(server, from, to, named) : indexChanges(server, from, to)
  const added = sql`ADD ${constraintClause(named, to, after)}`
  return [alterTable(ref, [added, ...indexes], refusedByConstraint(from, named, after))]
}

function dropConstraint(
  server: Server,
  { operation, before, after }: OperationAround<'dropConstraint'>,
): readonly Statement[] {
  const { table: ref } = operation
  const [from, to] = [tableOf(before, ref), tableOf(after, ref)]
  const dropped = from.constraints.find((constraint) => !to.constraints.includes(constraint))
  if (dropped === undefined) throw notInSchema(`a constraint of ${refText(ref)}`)
  if (dropped.kind === 'check' && dropped.name === undefined) return modified(server, from, to)
  const object = `constraint ${dropped.name ?? dropped.kind} of ${refText(ref)}`
  if (dropped.kind === 'primaryKey' || dropped.kind === 'unique') {
    refuseGenerated(server, from, dropped.columns, `drop ${object}`)
    checkCounter(server, to, `drop ${object}`)
    refuseNeeded(object, before, from, to)
    checkForcedKey(server, from, to, `drop ${object}`)
  }
  if (dropped.kind === 'primaryKey') {
    // The key that a downgrade adds would have none.
    if (keyPrefixes in from.options)
      throw unsupported(`drop ${object}`, 'it has prefix lengths', 'Drop it with op.sql.')
    refuseOwnKey(from, `drop ${object}`, 'Drop it with op.sql.')
    checkKeyRemains(server, to, `drop ${object}`)
  }
  // With a foreign key goes the index that it had: in one statement, or the index would be left and look like one of a user.
  return [alterTable(ref, [dropClause(server, dropped), ...indexChanges(server, from, to)])]
}

function renameConstraint(
  server: Server,
  { operation, before, after }: OperationAround<'renameConstraint'>,
): readonly Statement[] {
  const { table: ref, constraint: name, to: target } = operation
  const [from, to] = [tableOf(before, ref), tableOf(after, ref)]
  const existing = from.constraints.find((constraint) => constraint.name === name)
  const renamed = to.constraints.find((constraint) => constraint.name === target)
  if (existing === undefined || renamed === undefined) throw notInSchema(`constraint ${name} of ${refText(ref)}`)
  // A primary key is called PRIMARY, whatever the model calls it.
  if (existing.kind === 'primaryKey') return []
  if (existing.kind === 'unique') {
    return [alterTable(ref, [sql`RENAME INDEX ${quote.identifier(name)} TO ${quote.identifier(target)}`])]
  }
  return [
    alterTable(ref, [
      dropClause(server, existing),
      sql`ADD ${constraintClause(renamed, to, after)}`,
      ...(existing.kind === 'foreignKey' ? indexChanges(server, from, to) : []),
    ]),
  ]
}

export function constraintStatements(
  server: Server,
): Pick<CompileTable, 'addConstraint' | 'dropConstraint' | 'renameConstraint'> {
  return {
    addConstraint: (at) => addConstraint(server, at),
    dropConstraint: (at) => dropConstraint(server, at),
    renameConstraint: (at) => renameConstraint(server, at),
  }
}
