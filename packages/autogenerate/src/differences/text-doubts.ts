import type { Operation } from '@org/migrate-core'
import { type IndexModel, refText, tableKey } from '@org/migrate-core/dialect'
import type { Change } from './change.ts'

const hasText = ({ where, elements }: IndexModel): boolean =>
  where !== undefined || elements.some(({ expression }) => expression !== undefined)

/** The texts that changes replace by others, of which only a server can tell whether they mean the same. */
function replacedTexts(operations: readonly Operation[]): readonly string[] {
  const dropped = new Set(
    operations.flatMap((each): readonly string[] => {
      if (each.kind === 'dropView') return [`view ${tableKey(each.view)}`]
      if (each.kind === 'dropIndex') return [`index ${tableKey(each.table)} ${each.index}`]
      if (each.kind === 'dropPolicy') return [`policy ${tableKey(each.table)} ${each.policy}`]
      if (each.kind !== 'dropConstraint' || !('name' in each.constraint)) return []
      return [`constraint ${tableKey(each.table)} ${each.constraint.name}`]
    }),
  )
  const dropsColumn = new Set(
    operations.flatMap((each) => (each.kind === 'dropColumn' ? [`${tableKey(each.table)} ${each.column}`] : [])),
  )
  return operations.flatMap((each): readonly string[] => {
    if (each.kind === 'replaceView') return [`view ${refText(each.view.ref)}`]
    if (each.kind === 'createView')
      return dropped.has(`view ${tableKey(each.view.ref)}`) ? [`view ${refText(each.view.ref)}`] : []
    if (each.kind === 'createIndex') {
      const { name } = each.index
      const isReplaced = hasText(each.index) && dropped.has(`index ${tableKey(each.table)} ${name}`)
      return isReplaced ? [`index ${refText(each.table)}.${name}`] : []
    }
    if (each.kind === 'addConstraint') {
      const { kind, name } = each.constraint
      const isText = (kind === 'check' || kind === 'exclude') && name !== undefined
      const isReplaced = isText && dropped.has(`constraint ${tableKey(each.table)} ${name}`)
      return isReplaced ? [`${kind} ${refText(each.table)}.${name}`] : []
    }
    if (each.kind === 'alterPolicy') {
      const isText = typeof (each.change.using ?? each.change.withCheck) === 'string'
      return isText ? [`policy ${refText(each.table)}.${each.policy}`] : []
    }
    if (each.kind === 'createPolicy') {
      const { name, using, withCheck } = each.policy
      const isReplaced = (using ?? withCheck) !== undefined && dropped.has(`policy ${tableKey(each.table)} ${name}`)
      return isReplaced ? [`policy ${refText(each.table)}.${name}`] : []
    }
    if (each.kind === 'addColumn') {
      const isReplaced =
        each.column.generated !== undefined && dropsColumn.has(`${tableKey(each.table)} ${each.column.name}`)
      return isReplaced ? [`generated column ${refText(each.table)}.${each.column.name}`] : []
    }
    if (each.kind !== 'alterColumn') return []
    const name = `${refText(each.table)}.${each.column}`
    return [
      ...(each.change.default?.kind === 'expression' ? [`default of ${name}`] : []),
      ...(each.change.generated ? [`generated column ${name}`] : []),
    ]
  })
}

/** What to know of changes that were found without a server, where servers write the texts of a schema in their own words. */
export function textDoubts(changes: readonly Change[]): readonly string[] {
  const labels = [
    ...new Set(replacedTexts(changes.flatMap((each) => (each.kind === 'operation' ? [each.operation] : [])))),
  ]
  if (labels.length === 0) return []
  return [
    `No server was asked, and it may write these texts in other words than the declaration: ${labels.join(', ')}. Whether they differ shows a comparison with a connection.`,
  ]
}
