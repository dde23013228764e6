import { locate, type MigrateError } from '../../errors/migrate-error.ts'
import { nearNames } from '../../errors/near-names.ts'
import { invalid } from '../traits/objects.ts'
import { firstLocation } from './call-site.ts'
import { columnTypes, holders, objectMethods, questions, tableMethodNames, tableMethods } from './other-tools.ts'

/** Whose methods they are: those of `op`, or of the `t` of a block. */
export type RecorderKind = 'op' | 'alterTable' | 'createTable'

/** A name that was read of a recorder, and that is no method of it. */
interface UnknownMethod {
  readonly name: string
  readonly kind: RecorderKind
  readonly methods: readonly string[]
}

/** Where the recorders of one recording keep the last unknown method that was read of them. */
export interface UnknownMethodSlot {
  last?: UnknownMethod | undefined
}

const slotKey = Symbol('unknown method')

/**
 * What stands behind the methods of all recorders of a kind: it keeps what is read of one and is not there. That still is undefined:
 * `typeof op.rename`, `op.rename?.()` and `await op` stay harmless. Methods that are there are own properties and never reach it.
 */
const behind = (kind: RecorderKind): object =>
  new Proxy(
    {},
    {
      get(target, name, receiver: { readonly [slotKey]?: UnknownMethodSlot }) {
        const slot = typeof name === 'string' && !(name in target) ? receiver[slotKey] : undefined
        if (slot !== undefined) slot.last = { name: String(name), kind, methods: Object.keys(receiver) }
        return Reflect.get(target, name, receiver)
      },
    },
  )

const prototypes: { readonly [K in RecorderKind]: object } = {
  op: behind('op'),
  alterTable: behind('alterTable'),
  createTable: behind('createTable'),
}

/** A recorder without methods yet. */
export function emptyRecorder(kind: RecorderKind, slot: UnknownMethodSlot): object {
  return Object.create(prototypes[kind], { [slotKey]: { value: slot } }) as object
}

/** `add_column`, `AddColumn` and `addColumn` are one name. */
const bare = (name: string): string => name.replaceAll('_', '').toLowerCase()

const methodNamed = (methods: readonly string[], name: string): string | undefined =>
  methods.find((method) => bare(method) === name)

function keyWith<K extends string>(names: { readonly [N in K]?: readonly string[] }, name: string): K | undefined {
  return (Object.keys(names) as K[]).find((key) => bare(key) === name || names[key]?.includes(name))
}

/** The method that changes a table, whatever a block of createTable or another tool calls it. */
function tableMethod(name: string): keyof typeof tableMethods | undefined {
  const methods = Object.keys(tableMethods) as (keyof typeof tableMethods)[]
  return (
    methods.find((method) => bare(method) === name || bare(tableMethods[method] ?? '') === name) ??
    keyWith(tableMethodNames, name)
  )
}

const outside = 'outside of the block'

/** The call that is meant; undefined: it is unknown. */
function meantCall({ kind, methods }: UnknownMethod, name: string): string | undefined {
  const receiver = kind === 'op' ? 'op' : 't'
  const own = methodNamed(methods, name)
  if (own !== undefined) return `${receiver}.${own}()`
  const type = columnTypes[name]
  if (type !== undefined) {
    if (kind === 'op') return `op.addColumn('<table>', '<column>', ${type})`
    return `t.${kind === 'createTable' ? 'column' : 'addColumn'}('<column>', ${type})`
  }
  const change = tableMethod(name)
  if (change !== undefined) {
    const inBlock = kind === 'createTable' ? tableMethods[change] : change
    return inBlock === undefined ? `op.${change}() ${outside}` : `${receiver}.${inBlock}()`
  }
  const object = keyWith(objectMethods, name)
  return object === undefined ? undefined : kind === 'op' ? `op.${object}()` : `op.${object}() ${outside}`
}

function adviceFor(unknown: UnknownMethod): string {
  const name = bare(unknown.name)
  if (holders.includes(name)) return 'its methods are methods of `op`: op.createTable(), op.alterTable()'
  if (questions.includes(name))
    return 'a revision cannot ask the database; use the guards `ifExists` and `ifNotExists` of an operation'
  const meant = meantCall(unknown, name)
  if (meant !== undefined) return `use ${meant}`
  const receiver = unknown.kind === 'op' ? 'op' : 't'
  const near = nearNames(unknown.name, unknown.methods).map((method) => `${receiver}.${method}()`)
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`
  return `there are ${[...unknown.methods].sort().join(', ')}`
}

/**
 * What calling a method that is not there amounts to. An engine only says "op.execute is not a function". Undefined for every other error:
 * also where an unknown name was read (`typeof op.rename`), and something else failed after it.
 */
export function unknownMethodError(error: unknown, { last }: UnknownMethodSlot): MigrateError | undefined {
  if (last === undefined || !(error instanceof TypeError)) return undefined
  const names = error.message.split(/[^\w$]+/)
  // Of `knex.schema.createTable` it says that the members of undefined cannot be read, and not of what.
  const isHolder = holders.includes(bare(last.name)) && names.includes('undefined')
  if (!isHolder && !names.includes(last.name)) return undefined
  const receiver = last.kind === 'op' ? 'op' : 't'
  const result = invalid(`${receiver}.${last.name}`, `there is no such method: ${adviceFor(last)}`, error)
  const source = firstLocation(error.stack ?? '')
  return source === undefined ? result : locate(result, { source })
}
