/** A name that was read of an object, and that it does not have. */
export interface UnknownName<Kind> {
  readonly name: string
  /** What the object is. */
  readonly kind: Kind
  /** What it has. */
  readonly members: readonly string[]
}

/** The last of them, for all objects that share it. */
export interface UnknownNameSlot<Kind> {
  last?: UnknownName<Kind> | undefined
}

const observed = Symbol('unknown name')

interface Observed {
  readonly [observed]?: { readonly slot: UnknownNameSlot<unknown>; readonly kind: unknown }
}

/** Members of an object are own properties of it, and never reach this. */
const behind: object = new Proxy(
  {},
  {
    get(target, name, receiver: Observed) {
      const about = typeof name === 'string' && !(name in target) ? receiver[observed] : undefined
      if (about !== undefined)
        about.slot.last = { name: String(name), kind: about.kind, members: Object.keys(receiver) }
      return Reflect.get(target, name, receiver)
    },
  },
)

/**
 * An object without members yet, which remembers what is read of it and is not there. That still is undefined: `typeof op.rename`,
 * `op.rename?.()` and `await db` stay harmless.
 */
export function observedObject<Kind>(slot: UnknownNameSlot<Kind>, kind: Kind): object {
  return Object.create(behind, { [observed]: { value: { slot, kind } } }) as object
}

/** The slot of an object that `observedObject` made. */
export const slotOf = (object: object): UnknownNameSlot<unknown> | undefined => (object as Observed)[observed]?.slot

/** `add_column`, `AddColumn`, `$addColumn` and `addColumn` are one name. */
export const bareName = (name: string): string => name.replaceAll(/[_$]/g, '').toLowerCase()

/**
 * Whether calling what is not there can have ended with this error. An engine says "op.execute is not a function"; of `knex.schema.create` it
 * says that the members of undefined cannot be read, and not of what.
 */
export function namesUnknown(error: unknown, name: string): 'byName' | 'asUndefined' | undefined {
  if (!(error instanceof TypeError)) return undefined
  const names = error.message.split(/[^\w$]+/)
  return names.includes(name) ? 'byName' : names.includes('undefined') ? 'asUndefined' : undefined
}
