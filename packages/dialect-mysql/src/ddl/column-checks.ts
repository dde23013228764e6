import type { ColumnModel, ConstraintModel, TableModel } from '@org/migrate-core/dialect'
import type { ColumnText, TableText } from '../sql/column-text.ts'
import { quote } from '../sql/quote.ts'
import { isWord, nameOf, significant, textOf } from '../sql/tokens.ts'
import { canonicalExpression, jsonCheckOf } from './canonical-expression.ts'
import { renamedInKey } from './own-key.ts'
import { renamedInExpression } from './rename-in-expression.ts'

/*
 * MariaDB keeps a check in the definition of its column where it was written there. It has no name to be dropped by: it goes by a
 * MODIFY that does not repeat it. In the model it is a check without a name; ours always have one.
 */

const expressionOf = (part: string): string => part.slice(part.indexOf('(') + 1, part.lastIndexOf(')'))

/** Whether the part of a column's text is the check that makes a JSON column of it: https://mariadb.com/kb/en/json-data-type/ */
const isOfType = ({ type }: Pick<ColumnModel, 'type'>, { kind, text }: ColumnText[number]): boolean =>
  kind === 'check' && type.kind === 'json' && jsonCheckOf(expressionOf(text)) !== undefined

/** Whether the part is a check that the model has. */
export const isOwnCheck = (column: Pick<ColumnModel, 'type'>, part: ColumnText[number]): boolean =>
  part.kind === 'check' && !isOfType(column, part)

/** The checks in the definitions of columns, in the spelling in which expressions are compared. */
export function columnChecks(text: TableText | undefined): ReadonlySet<string> {
  const parts = [...(text?.columns.values() ?? [])].flat()
  return new Set(
    parts.flatMap(({ kind, text: part }) => (kind === 'check' ? [canonicalExpression(expressionOf(part))] : [])),
  )
}

/** A check of the table with a name; its text is behind CHECK. */
export interface CheckItem {
  readonly name: string
  readonly text: string
}

export function checkItem(item: string): CheckItem | undefined {
  const [, second, check, ...expression] = significant(item)
  const name = nameOf(second)
  return name !== undefined && isWord(check, 'CHECK') ? { name, text: textOf(expression) } : undefined
}

/** The text of a table whose column gets another name, in what the model does not write. */
export function renamedInChecks(text: TableText | undefined, from: string, to: string): TableText | undefined {
  if (text === undefined) return undefined
  const columns = [...text.columns].map(
    ([name, parts]) =>
      [
        name,
        parts.map((part) =>
          part.kind === 'check' ? { ...part, text: renamedInExpression(part.text, from, to) } : part,
        ),
      ] as const,
  )
  const items = text.items.map((item) => {
    const check = checkItem(item)
    return check === undefined
      ? renamedInKey(item, from, to)
      : `CONSTRAINT ${quote.identifier(check.name).text} CHECK ${renamedInExpression(check.text, from, to)}`
  })
  return { ...text, columns: new Map(columns), items }
}

/** The definitions without the checks that the model has no more. The one that makes a JSON column is none of the model. */
export function withoutDroppedChecks(
  columns: ReadonlyMap<string, ColumnText>,
  table: TableModel,
): ReadonlyMap<string, ColumnText> {
  const modelChecks = new Set(
    table.constraints.flatMap((each) => (each.kind === 'check' ? [canonicalExpression(each.expression)] : [])),
  )
  const stays = (name: string, part: ColumnText[number]): boolean => {
    const column = table.columns.find((each) => each.name === name)
    const isOfModel = column === undefined || isOwnCheck(column, part)
    return !isOfModel || modelChecks.has(canonicalExpression(expressionOf(part.text)))
  }
  return new Map(
    [...columns].map(([name, parts]) => [name, parts.filter((part) => part.kind !== 'check' || stays(name, part))]),
  )
}

/** The checks that stand in the definition of a column, as the model has them: without a name. */
export function checksInColumn(column: Pick<ColumnModel, 'type'>, text: ColumnText): readonly ConstraintModel[] {
  return text.flatMap((part): readonly ConstraintModel[] =>
    isOwnCheck(column, part) ? [{ kind: 'check', expression: expressionOf(part.text) }] : [],
  )
}
