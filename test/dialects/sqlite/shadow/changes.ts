import { expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import type { Random } from '../../../kit/random.ts'
import type { RandomSchema } from './schemas.ts'

export interface Change {
  readonly what: string
  readonly upgrade: (op: OperationRecorder) => void
  /** What the upgrade changes; everything else is what it was. A pair is a word and the one in its place. */
  readonly changes: readonly RegExp[] | readonly [string, string]
  /** Where a column or a constraint comes back, it is the last one of its table. */
  readonly comesBackLast?: true
}

const tab = (change: Parameters<OperationRecorder['alterTable']>[1]) => (op: OperationRecorder) =>
  op.alterTable('tab_q', change)

const other = (name: string): string => name.replace(/_q$/, '_new')

/** One change of a random schema. */
export function randomChange(draw: Random, schema: RandomSchema): Change {
  const column = draw.pick(schema.columns)
  const line = (name: string): RegExp => new RegExp(`\\b${name}\\b`)
  const some = <T>(all: readonly T[], make: (one: T) => Change): (() => Change)[] =>
    all.length === 0 ? [] : [() => make(draw.pick(all))]
  const kinds: readonly (() => Change)[] = [
    () => ({ what: 'drop table tab_q', upgrade: (op) => op.dropTable('tab_q'), changes: [/tab_q/] }),
    () => ({
      what: 'drop views, triggers and table',
      upgrade: (op) => {
        for (const { table, name } of schema.triggers) if (table === 'log_q') op.dropTrigger(table, name)
        for (const view of [...schema.views].reverse()) op.dropView(view)
        op.dropTable('tab_q')
      },
      changes: [/tab_q|view_|trg_/],
    }),
    () => ({
      what: 'drop table par_q with cascade',
      upgrade: (op) => op.dropTable('par_q', { cascade: true }),
      changes: [/par_q|\bcol_[cr]_q\b/],
      comesBackLast: true,
    }),
    () => ({
      what: 'rename table tab_q',
      upgrade: (op) => op.renameTable('tab_q', 'tab_new'),
      changes: ['tab_q', 'tab_new'],
    }),
    () => ({
      what: 'rename table par_q',
      upgrade: (op) => op.renameTable('par_q', 'par_new'),
      changes: ['par_q', 'par_new'],
    }),
    () => ({
      what: `rename column ${column}`,
      upgrade: tab((t) => t.renameColumn(column, other(column))),
      changes: [column, other(column)],
    }),
    () => ({
      what: `rename column ${column} with a rebuild`,
      upgrade: tab((t) => {
        t.renameColumn(column, other(column))
        t.addCheck(expression('1 > 0'), { name: 'one_q' })
      }),
      changes: [new RegExp(`\\b(?:${column}|${other(column)}|one_q)\\b`)],
    }),
    () => ({
      what: `drop column ${column}`,
      upgrade: tab((t) => t.dropColumn(column)),
      changes: [line(column)],
      comesBackLast: true,
    }),
    () => ({
      what: `drop column ${column} and what is over it`,
      upgrade: tab((t) => {
        for (const name of schema.constraints) t.dropConstraint(name)
        for (const name of schema.indexes) t.dropIndex(name)
        t.dropColumn(column)
      }),
      changes: [line(column), /idx_|_q (?:UNIQUE|CHECK|FOREIGN)|foreign_key|autoindex/],
      comesBackLast: true,
    }),
    () => ({
      what: `another type of ${column}`,
      upgrade: tab((t) => t.alterColumn(column, { type: column === 'col_a_q' ? text() : integer() })),
      changes: [line(column)],
    }),
    () => ({
      what: 'nullable and default of col_b_q',
      upgrade: tab((t) => t.alterColumn('col_b_q', { nullable: false, default: 9 })),
      changes: [line('col_b_q')],
    }),
    () => ({
      what: 'collation of col_b_q',
      upgrade: tab((t) => t.alterColumn('col_b_q', { collation: 'NOCASE' })),
      // Two keys over the same are one index.
      changes: [line('col_b_q'), /autoindex/],
    }),
    () => ({
      what: 'a check of the table',
      upgrade: tab((t) => t.addCheck(expression('id_q <> 77'), { name: 'more_q' })),
      changes: [/more_q/],
    }),
    () => ({
      what: 'a new column and an index over it',
      upgrade: tab((t) => {
        t.addColumn('more_q', integer())
        t.createIndex('idx_more_q', ['more_q'])
      }),
      changes: [/more_q/],
    }),
    ...(schema.countsUp
      ? []
      : [
          () => ({
            what: 'options of the table',
            upgrade: tab((t) => t.options({ withoutRowid: true })),
            changes: [
              /WITHOUT ROWID|^(?:table_list|index_list) tab_q|index_xinfo|^sql table tab_q tab_q \)|autoindex|"id_q","INTEGER"/,
            ],
          }),
        ]),
    ...some(schema.indexes, (index) => ({
      what: `drop index ${index}`,
      upgrade: tab((t) => t.dropIndex(index)),
      changes: [line(index)],
    })),
    ...some(schema.indexes, (index) => ({
      what: `rename index ${index}`,
      upgrade: tab((t) => t.renameIndex(index, other(index))),
      changes: [index, other(index)],
    })),
    ...some(schema.constraints, (name) => ({
      what: `drop constraint ${name}`,
      upgrade: tab((t) => t.dropConstraint(name)),
      changes: [line(name), /foreign_key_list|autoindex|UNIQUE/],
      comesBackLast: true,
    })),
    ...some(schema.constraints, (name) => ({
      what: `rename constraint ${name}`,
      upgrade: tab((t) => t.renameConstraint(name, other(name))),
      changes: [name, other(name)],
    })),
    ...some(schema.views, (view) => ({
      what: `drop view ${view}`,
      upgrade: (op) => op.dropView(view),
      changes: [line(view)],
    })),
    ...some(schema.views, (view) => ({
      what: `rename view ${view}`,
      upgrade: (op) => op.renameView(view, other(view)),
      changes: [view, other(view)],
    })),
    ...some(schema.views, (view) => ({
      what: `replace view ${view}, with another column`,
      upgrade: (op) => op.replaceView(view, expression('SELECT id_q AS changed_q FROM tab_q')),
      changes: [line(view)],
    })),
    ...some(schema.triggers, ({ table, name }) => ({
      what: `drop trigger ${name}`,
      upgrade: (op) => op.dropTrigger(table, name),
      changes: [line(name)],
    })),
  ]
  return draw.pick(kinds)()
}
