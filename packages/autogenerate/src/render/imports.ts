import type { ColumnType } from '@org/migrate-core/dialect'
import type { Code } from './code.ts'
import { type Document, group, ifBroken, indent, joined, line, list } from './document.ts'
import { stringLiteral } from './source-text.ts'

/** What a generated file may import from core, and whether it is a type. */
const exported = {
  bigint: 'value',
  boolean: 'value',
  bytes: 'value',
  char: 'value',
  column: 'value',
  date: 'value',
  decimal: 'value',
  double: 'value',
  enumeration: 'value',
  expression: 'value',
  integer: 'value',
  json: 'value',
  native: 'value',
  now: 'value',
  OperationRecorder: 'type',
  real: 'value',
  smallint: 'value',
  table: 'value',
  text: 'value',
  time: 'value',
  timestamp: 'value',
  toFillIn: 'value',
  uuid: 'value',
  varchar: 'value',
} as const

export type CoreName = keyof typeof exported
export const coreNames = Object.keys(exported) as readonly CoreName[]

/** How a type is written for which the project has its own function. */
export interface OwnType {
  /** An expression that gives the column type: `money()`. */
  readonly code: string
  /** What it needs of modules of the project, by the module as the revision file imports it. */
  readonly imports: { readonly [module: string]: readonly string[] }
}

/** Undefined: the type is written in the usual words. */
export type RenderType = (type: ColumnType) => OwnType | undefined

/** What writing a file gathers on the way. */
export interface Writing {
  /** A type in words of the project's own, which are imported. */
  ownType(type: ColumnType): Code | undefined
  /** Gives the name, and imports it. */
  uses(name: CoreName): string
  /** `toFillIn('…')`, which is counted. */
  fillIn(what: string): Code
}

/** The imports of what is the project's own, a line each. */
export function ownImports(modules: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...modules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => `import { ${[...names].sort().join(', ')} } from ${stringLiteral(module)}`)
}

/** The import of these names: in the order of Biome's `organizeImports`, types marked. */
export function importOf(names: Iterable<CoreName>): Document {
  const sorted = [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const onlyTypes = sorted.every((name) => exported[name] === 'type')
  const marked = sorted.map((name) => (exported[name] === 'type' && !onlyTypes ? `type ${name}` : name))
  const inside = joined(marked, list(',', line))
  return group(
    onlyTypes ? 'import type {' : 'import {',
    indent(line, inside),
    ifBroken(','),
    line,
    `} from '@org/migrate-core'`,
  )
}
