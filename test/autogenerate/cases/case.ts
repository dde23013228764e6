import type { FilterRule, RenameAnswers } from '@org/migrate-autogenerate'
import type { Exports } from '@org/migrate-core'
import type { Change as Kind } from './grid.ts'

/** What a case expects of servers that go by one name and do not all say the same. */
export type PerServer<T> = T | { readonly mysql: T; readonly mariadb: T }

export interface QueryExpectation {
  readonly sql: string
  readonly rows: readonly string[]
}

interface Circumstances {
  /** What `--rename`, `--dropped`, `--no-renames` and the terminal would say. */
  readonly answers?: RenameAnswers
  /** Pairs without an answer, as `kind from -> to`: then there are no changes yet. */
  readonly openQuestions?: readonly string[]
  /** What is said besides, word for word. */
  readonly notes?: readonly string[]
  /** Values for rows that are there, by `table.column`, or by `name = value` for a value that goes. */
  readonly fill?: { readonly [of: string]: string }
  /** SQL that is sent before: rows, and what belongs to another owner. */
  readonly rows?: string
  /** The revision stops with this code, and has changed nothing. */
  readonly refused?: string
  /** What a query finds after the upgrade, each row as its values with commas between. */
  readonly finds?: QueryExpectation
  /** What it finds once the revision is taken back, whatever that loses. */
  readonly returns?: QueryExpectation
  readonly casing?: 'snake_case' | 'camelCase'
  readonly include?: readonly FilterRule[]
  readonly exclude?: readonly FilterRule[]
  /** The one server of the family that has it. */
  readonly only?: 'mysql' | 'mariadb'
  /** The oldest major version of the server that knows the words of the case. */
  readonly since?: number
}

export interface Case extends Circumstances {
  readonly object: string
  readonly attribute: string
  readonly change: Kind
  readonly title: string
  /** What is there: SQL for the server's own client, or a declaration that is migrated to. */
  readonly before: PerServer<string> | Exports
  /** What is declared: tables of Drizzle, of `table(…)`, and what else a file of the schema exports. */
  readonly after: Exports
  readonly expected: PerServer<readonly string[]>
}

type Differing = (
  title: string,
  before: Case['before'],
  after: Exports,
  expected: Case['expected'],
  more?: Circumstances,
) => Case

/** The cases of one row of the grid. */
export interface Cell {
  readonly add: Differing
  readonly drop: Differing
  readonly change: Differing
  readonly rename: Differing
  /** Looks different, and is nothing. */
  readonly equal: (title: string, before: Case['before'], after: Exports, more?: Circumstances) => Case
}

export function cell(object: string, attribute: string): Cell {
  const differing =
    (change: Kind): Differing =>
    (title, before, after, expected, more = {}) => ({
      object,
      attribute,
      change,
      title,
      before,
      after,
      expected,
      ...more,
    })
  const equal = differing('equal')
  return {
    add: differing('add'),
    drop: differing('drop'),
    change: differing('change'),
    rename: differing('rename'),
    equal: (title, before, after, more) => equal(title, before, after, [], more),
  }
}

export const nameOf = ({ object, attribute, change, title }: Case): string =>
  `${object} · ${attribute} · ${change}: ${title}`
