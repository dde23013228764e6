import { bigint, expression, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import type { Random } from '../../../kit/random.ts'
import type { RandomSchema } from './schemas.ts'

export interface Change {
  readonly what: string
  readonly upgrade: (op: OperationRecorder) => void
  /** What the upgrade changes; everything else is what it was. A pair is a word and the one in its place. */
  readonly changes: readonly RegExp[] | readonly [string, string]
}

const tab = (change: Parameters<OperationRecorder['alterTable']>[1]) => (op: OperationRecorder) =>
  op.alterTable('tab_q', change)

const other = (name: string): string => name.replace(/_q$/, '_new')

/** One change of a random schema. */
export function randomChange(draw: Random, schema: RandomSchema): Change {
  const column = draw.pick(schema.columns)
  const collation = draw.pick(['utf8mb4_danish_ci', 'latin1_german1_ci'])
  const line = (name: string): RegExp => new RegExp(`\`${name}\``)
  const some = <T>(all: readonly T[], make: (one: T) => Change): (() => Change)[] =>
    all.length === 0 ? [] : [() => make(draw.pick(all))]
  const kinds: readonly (() => Change)[] = [
    () => ({ what: 'drop table tab_q', upgrade: (op) => op.dropTable('tab_q'), changes: [/tab_q/] }),
    () => ({
      what: 'drop views, triggers and table',
      upgrade: (op) => {
        for (const { table, name } of schema.triggers) if (table !== 'tab_q') op.dropTrigger(table, name)
        for (const view of [...schema.views].reverse()) op.dropView(view)
        op.dropTable('tab_q')
      },
      changes: [/tab_q|view_|trg_/],
    }),
    () => ({
      what: 'drop table par_q with cascade',
      upgrade: (op) => op.dropTable('par_q', { cascade: true }),
      changes: [/par_q|fk_a_q/],
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
      what: 'rename column id_q',
      upgrade: tab((t) => t.renameColumn('id_q', 'id_new')),
      changes: [/id_q|id_new/],
    }),
    () => ({ what: `drop column ${column}`, upgrade: tab((t) => t.dropColumn(column)), changes: [line(column)] }),
    () => ({
      what: `drop column ${column} and what is over it`,
      upgrade: tab((t) => {
        for (const name of [...schema.checks, ...schema.keys]) t.dropConstraint(name)
        for (const name of schema.indexes) name === 'idx_d_q' ? t.dropConstraint(name) : t.dropIndex(name)
        t.dropColumn(column)
      }),
      changes: [line(column), /idx_|chk_|fk_/],
    }),
    () => ({
      what: `another type of ${column}`,
      upgrade: tab((t) => t.alterColumn(column, { type: column === 'col_s_q' ? varchar(222) : bigint() })),
      changes: [line(column)],
    }),
    () => ({
      what: 'text of col_s_q',
      upgrade: tab((t) => t.alterColumn('col_s_q', { type: text() })),
      changes: [/`(?:col_s_q|idx_c_q)`/],
    }),
    () => ({
      what: 'nullable and default of col_n_q',
      upgrade: tab((t) => t.alterColumn('col_n_q', { nullable: false, default: 9 })),
      changes: [line('col_n_q')],
    }),
    () => ({
      what: `comment of ${column}`,
      upgrade: tab((t) => t.columnComment(column, "what it's for")),
      changes: [line(column)],
    }),
    () => ({
      what: 'collation of col_s_q',
      upgrade: tab((t) => t.alterColumn('col_s_q', { collation: 'utf8mb4_german2_ci' })),
      changes: [/`col_[sg]_q`/],
    }),
    () => ({
      what: `collation ${collation} of the table`,
      upgrade: tab((t) => t.options({ collation })),
      changes: [/COLLATE|CHARSET|CHARACTER SET|`col_[so]_q`|`col_g_q`/],
    }),
    () => ({
      what: 'comment and options of the table',
      upgrade: tab((t) => {
        t.comment('other')
        t.options({ row_format: 'COMPACT' })
      }),
      changes: [/ENGINE=/],
    }),
    () => ({
      what: 'generated column computed another way',
      upgrade: tab((t) => t.alterColumn('col_g_q', { generated: { as: expression('`col_n_q` + 2'), stored: true } })),
      changes: [line('col_g_q')],
    }),
    () => ({
      what: 'a new column and an index over it',
      upgrade: tab((t) => {
        t.addColumn('more_q', integer())
        t.createIndex('idx_more_q', ['more_q'])
      }),
      changes: [/more_q/],
    }),
    ...some(schema.indexes, (index) => ({
      what: `drop index ${index}`,
      upgrade: tab((t) => t.dropIndex(index)),
      changes: [line(index), /`fk_a_q`/],
    })),
    ...some(schema.indexes, (index) => ({
      what: `rename index ${index}`,
      upgrade: tab((t) => t.renameIndex(index, other(index))),
      changes: [index, other(index)],
    })),
    ...some(schema.checks, (check) => ({
      what: `drop check ${check}`,
      upgrade: tab((t) => t.dropConstraint(check)),
      changes: [line(check)],
    })),
    ...some(schema.checks, (check) => ({
      what: `rename check ${check}`,
      upgrade: tab((t) => t.renameConstraint(check, other(check))),
      changes: [check, other(check)],
    })),
    ...some(schema.keys, (key) => ({
      what: `drop foreign key ${key}`,
      upgrade: tab((t) => t.dropConstraint(key)),
      changes: [line(key)],
    })),
    ...some(schema.keys, (key) => ({
      what: `rename foreign key ${key}`,
      upgrade: tab((t) => t.renameConstraint(key, other(key))),
      changes: [key, other(key)],
    })),
    ...some(schema.views, (view) => ({
      what: `drop view ${view}`,
      upgrade: (op) => op.dropView(view),
      changes: [new RegExp(view)],
    })),
    ...some(schema.views, (view) => ({
      what: `rename view ${view}`,
      upgrade: (op) => op.renameView(view, other(view)),
      changes: [view, other(view)],
    })),
    ...some(schema.views, (view) => ({
      what: `replace view ${view}, with another column`,
      upgrade: (op) => op.replaceView(view, expression('SELECT id_q AS other_q FROM tab_q')),
      changes: [new RegExp(view)],
    })),
    ...some(schema.views, (view) => ({
      what: `replace view ${view}, with more columns`,
      upgrade: (op) => op.replaceView(view, expression('SELECT *, 1 AS extra_q FROM tab_q')),
      changes: [new RegExp(view)],
    })),
    ...some(schema.triggers, ({ table, name }) => ({
      what: `drop trigger ${name}`,
      upgrade: (op) => op.dropTrigger(table, name),
      changes: [new RegExp(name), /"ACTION_ORDER"/],
    })),
  ]
  return draw.pick(kinds)()
}
