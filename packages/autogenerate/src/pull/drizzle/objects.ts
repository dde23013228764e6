import type { EnumModel, SequenceModel, ViewModel } from '@org/migrate-core/dialect'
import { type Code, call, literal, object, string, verbatimCode } from '../../render/code.ts'
import { type Document, list } from '../../render/document.ts'
import { camelCase } from '../../render/names.ts'
import { type UndeclaredObject, undeclaredObject } from '../undeclared.ts'
import { callWith, chain, type DrizzleWriting, functionOf } from './writing.ts'

const exported = (name: string, code: Code): Document => list(`export const ${name} = `, code.document)

export function schemaCode(name: string, writing: DrizzleWriting): Document {
  return exported(writing.nameOf('schema', { name }), call(writing.uses('pgSchema'), [string(name)]))
}

export function enumCode({ ref, values }: EnumModel, writing: DrizzleWriting): Document {
  const word = functionOf(writing, ref, 'pgEnum', 'enum')
  return exported(writing.nameOf('enum', ref), call(word, [string(ref.name), literal(values)]))
}

export function sequenceCode(
  { ref, type: _type, ownedBy: _owner, start, ...options }: SequenceModel,
  writing: DrizzleWriting,
): Document {
  const word = functionOf(writing, ref, 'pgSequence', 'sequence')
  const given = Object.entries({ startWith: start, ...options }).map(([name, value]) => [
    name,
    value === undefined ? undefined : literal(value),
  ])
  return exported(writing.nameOf('sequence', ref), callWith(word, [string(ref.name)], Object.fromEntries(given)))
}

/** Storage parameters and the like as Drizzle names them, with values of their types. */
function optionsOf(options: { readonly [option: string]: string }): Code {
  const optionValue = (text: string) =>
    /^(?:true|false)$/.test(text) ? text === 'true' : /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text
  return literal(
    Object.fromEntries(Object.entries(options).map(([name, text]) => [camelCase(name), optionValue(text)])),
  )
}

function postgresOptions({ options = {}, noData, materialized }: ViewModel): readonly Code[] {
  const { using, tablespace, ...rest } = options
  const own = materialized === true ? { using, tablespace } : {}
  return [
    ...Object.entries(own).flatMap(([method, value]) => (value === undefined ? [] : [call(method, [string(value)])])),
    ...(Object.keys(rest).length === 0 ? [] : [call('with', [optionsOf(rest)])]),
    ...(noData === true ? [verbatimCode('withNoData()')] : []),
  ]
}

const mysqlMethods = { algorithm: 'algorithm', sql_security: 'sqlSecurity', check_option: 'withCheckOption' } as const

const mysqlOptions = ({ options = {} }: ViewModel): readonly Code[] =>
  Object.entries(mysqlMethods).flatMap(([option, method]) => {
    const value = options[option]
    return value === undefined ? [] : [call(method, [string(value)])]
  })

interface ViewCode {
  readonly document: Document
  readonly undeclared: UndeclaredObject
}

/** A view with its SELECT. Its columns have no types here; one that Drizzle cannot express belongs to another program. */
export function viewCode(view: ViewModel, writing: DrizzleWriting): ViewCode {
  const { ref, columns, materialized, definition } = view
  const kind = materialized === true ? 'materializedView' : 'view'
  const word =
    materialized === true
      ? functionOf(writing, ref, 'pgMaterializedView', kind)
      : functionOf(writing, ref, writing.vocabulary.view, kind)
  const options = writing.dialect.name === 'mysql' ? mysqlOptions(view) : postgresOptions(view)
  const end = columns === undefined ? [...options, call('as', [writing.sql(definition)])] : [verbatimCode('existing()')]
  const why =
    columns === undefined
      ? 'declared without its columns: add those that queries select'
      : 'declared with existing(), so that it is not compared: Drizzle has no list of the names of its columns'
  return {
    document: exported(writing.nameOf('view', ref), chain(call(word, [string(ref.name), object({})]), end)),
    undeclared: undeclaredObject(kind, ref, why),
  }
}
