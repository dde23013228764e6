// Written by `migrate pull`. From here on, edit it: `migrate revision --autogenerate` writes the revisions.
import { bigint, column, enumeration, expression, table, text, varchar } from '@org/migrate-core'

export const defaultTable = table(
  'default',
  {
    id: column(bigint(), { nullable: false, identity: { mode: 'byDefault', sequence: 'own' } }),
    'a b': column(varchar(20), { default: null, native: { sqlite: 'NAME' } }),
    ['__proto__']: column(enumeration(['sad'], { name: 'mood', schema: 'public' })),
    twice: column(text(), { generated: { as: expression('a || b'), stored: true } }),
  },
  {
    schema: 'audit',
    primaryKey: { name: 'own_key', deferrable: 'deferred', columns: ['id'] },
    uniques: [{ columns: ['a b'], nullsNotDistinct: true }],
    indexes: [
      {
        name: 'i',
        columns: [
          { column: 'a b', order: 'desc', prefixLength: 3 },
          { expression: expression('lower("a b")'), nulls: 'first' },
        ],
      },
    ],
    foreignKeys: [{ columns: ['id'], references: { table: { name: 'orgs' }, columns: [] }, match: 'full' }],
    checks: [{ expression: expression('`id` > 0') }],
    options: { fillfactor: '70' },
    comment: 'first\nsecond */ line',
    rowSecurity: { enabled: true, forced: true },
    policies: [{ name: 'p', as: 'permissive', for: 'all', to: ['me', 'you'], using: expression('true') }],
  },
)
