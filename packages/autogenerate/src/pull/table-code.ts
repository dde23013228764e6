import type { ConstraintModel, ConstraintOf, IndexModel, PolicyModel, TableModel } from '@org/migrate-core/dialect'
import { array, type Code, call, literal, object, objectOf, onOwnLines, string } from '../render/code.ts'
import { asIs, columnArguments, expressionOf } from '../render/column.ts'
import { indexElement } from '../render/constraint.ts'
import { type Document, list } from '../render/document.ts'
import type { Writing } from '../render/imports.ts'
import { tableName } from '../render/statement.ts'

type Members = readonly (readonly [string, Code | undefined])[]

/** A list, unless nothing is in it. */
const listed = (elements: readonly Code[]): Code | undefined => (elements.length === 0 ? undefined : array(elements))

function ofKind<K extends ConstraintModel['kind']>(table: TableModel, kind: K): readonly ConstraintOf<K>[] {
  return table.constraints.filter((each): each is ConstraintOf<K> => each.kind === kind)
}

function primaryKey(table: TableModel): Code | undefined {
  const [key] = ofKind(table, 'primaryKey')
  if (key === undefined) return undefined
  const { kind: _, columns, ...rest } = key
  const isBare = Object.values(rest).every((value) => value === undefined)
  return isBare ? literal(columns) : objectOf(asIs({ ...rest, columns }))
}

function index({ name, unique, elements, where, ...rest }: IndexModel, writing: Writing): Code {
  return objectOf([
    ['name', string(name)],
    ['columns', array(elements.map((element) => indexElement(element, writing)))],
    ['unique', unique ? literal(true) : undefined],
    ['where', where === undefined ? undefined : expressionOf(where, writing)],
    ...asIs(rest),
  ])
}

/** A name alone is one of the schema of the table that refers to it. */
function referencedTable(table: TableModel, key: ConstraintOf<'foreignKey'>): Code {
  const { schema, name } = key.references.table
  if (schema === table.ref.schema) return string(name)
  return schema === undefined ? object({ name: string(name) }) : tableName({ schema, name })
}

function foreignKey(table: TableModel, key: ConstraintOf<'foreignKey'>): Code {
  const { kind: _, name, columns, references, ...rest } = key
  const target = object({ table: referencedTable(table, key), columns: literal(references.columns) })
  return objectOf([...asIs({ name, columns }), ['references', target], ...asIs(rest)])
}

function policy(model: PolicyModel, writing: Writing): Code {
  const { name, using, withCheck, as, for: command, to, reads: _reads, extras: _extras, lasting: _lasting } = model
  return objectOf([
    ...asIs({ name, as, for: command, to: to.length === 1 ? to[0] : to }),
    ['using', using === undefined ? undefined : expressionOf(using, writing)],
    ['withCheck', withCheck === undefined ? undefined : expressionOf(withCheck, writing)],
  ])
}

function extras(table: TableModel, writing: Writing): Members {
  const { ref, options, comment, rowSecurity, policies = [], indexes } = table
  return [
    ...asIs({ schema: ref.schema }),
    ['primaryKey', primaryKey(table)],
    ['uniques', listed(ofKind(table, 'unique').map(({ kind: _, ...rest }) => objectOf(asIs(rest))))],
    ['indexes', listed(indexes.map((each) => index(each, writing)))],
    ['foreignKeys', listed(ofKind(table, 'foreignKey').map((each) => foreignKey(table, each)))],
    [
      'checks',
      listed(
        ofKind(table, 'check').map(({ name, expression }) =>
          objectOf([...asIs({ name }), ['expression', expressionOf(expression, writing)]]),
        ),
      ),
    ],
    ['options', Object.keys(options).length === 0 ? undefined : literal(options)],
    ...asIs({ comment, rowSecurity }),
    ['policies', listed(policies.map((each) => policy(each, writing)))],
  ]
}

/** The statement that exports the declaration of a table. */
export function tableCode(name: string, table: TableModel, writing: Writing): Document {
  const columns = objectOf(
    table.columns.map((column) => {
      const [, ...given] = columnArguments(column, writing)
      return [column.name, call(writing.uses('column'), given)] as const
    }),
  )
  const more = objectOf(extras(table, writing))
  const given = [string(table.ref.name), onOwnLines(columns), ...(more.size === 0 ? [] : [more])]
  return list(`export const ${name} = `, call(writing.uses('table'), given).document)
}
