// Tables of ten columns, with a primary key, an index and a foreign key to the table before.
import {
  bigint,
  boolean,
  column,
  date,
  decimal,
  integer,
  table,
  text,
  timestamp,
  varchar,
} from '../../packages/core/dist/index.js'

function tableAt(/** @type {number} */ at) {
  const name = `part_${at}`
  return table(
    name,
    {
      id: column(bigint(), { nullable: false }),
      before_id: column(bigint()),
      code: column(varchar(32), { nullable: false }),
      title: column(varchar(255), { nullable: false, default: '' }),
      note: column(text()),
      price: column(decimal(10, 2), { nullable: false, default: 0 }),
      amount: column(integer(), { nullable: false, default: 1 }),
      open: column(boolean(), { nullable: false, default: true }),
      made_on: column(date()),
      changed_at: column(timestamp()),
    },
    {
      primaryKey: ['id'],
      foreignKeys: [
        {
          name: `${name}_before`,
          columns: ['before_id'],
          references: { table: `part_${Math.max(0, at - 1)}`, columns: ['id'] },
        },
      ],
      indexes: [{ name: `${name}_title`, columns: ['title', 'made_on'] }],
    },
  )
}

export const declaredTables = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => tableAt(at))
