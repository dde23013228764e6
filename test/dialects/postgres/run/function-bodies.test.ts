import { createMigrator, graphOf, integer, type OperationRecorder, revisions, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnDialects } from '../../../kit/servers.ts'

const orders = (op: OperationRecorder) =>
  op.createTable('orders', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('price', integer())
    t.column('title', varchar(40))
    t.primaryKey(['id'])
  })

const functions = `
CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(price) FROM orders); END $$;
CREATE FUNCTION titled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := lower(NEW.title); RETURN NEW; END $$;
CREATE TRIGGER titled BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION titled();
CREATE FUNCTION elsewhere(price integer) RETURNS integer LANGUAGE sql AS $$ SELECT price $$;
CREATE FUNCTION prices() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders $$;
CREATE FUNCTION parsed() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(price) FROM orders; END;
INSERT INTO orders (id, price, title) VALUES (1, 5, 'A')`

const about = (function_: string, names: string): string =>
  `function public.${function_} names ${names} in its body, which a rename or drop does not change: create it again in this revision if it uses ${names.includes(', ') ? 'them' : 'it'}`

describeOnDialects(
  ['postgres', 'postgres-next'],
  'functions whose body has a name that a revision takes away',
  (createDatabase) => {
    const upTo = async (change: (op: OperationRecorder) => void) => {
      const database = await createDatabase()
      const line = revisions([
        { revision: 'r1', downRevision: null, upgrade: orders },
        { revision: 'r2', downRevision: 'r1', upgrade: change, downgrade: () => undefined },
      ])
      const dialect = postgresDialect({ url: database.url })
      const migrator = createMigrator({ dialect, tiers: [graphOf(line)] })
      await migrator.upgrade('r1')
      await database.sql(functions)
      const notes = (await migrator.plan()).steps[0]?.notes.filter((note) => note.includes('function'))
      await migrator.upgrade()
      const calls = (text: string) =>
        database.sql(text).then(
          () => 'works',
          () => 'fails',
        )
      return { notes, calls }
    }

    it('are named by the plan where a column is renamed, and fail afterwards as it says', async () => {
      const { notes, calls } = await upTo((op) =>
        op.alterTable('orders', (t) => {
          t.renameColumn('price', 'cost')
          t.renameColumn('title', 'name')
        }),
      )
      expect(notes).toEqual([about('total()', 'orders.price'), about('titled()', 'orders.title')])
      expect(await calls('SELECT total()')).toBe('fails')
      expect(await calls('INSERT INTO orders (id) VALUES (2)')).toBe('fails')
      expect(await calls('SELECT parsed()')).toBe('works')
      expect(await calls('SELECT elsewhere(1), prices()')).toBe('works')
    })

    it('are named where a table is renamed, but not where the revision creates them again', async () => {
      const { notes, calls } = await upTo((op) => {
        op.renameTable('orders', 'sales')
        op.sql(
          'CREATE OR REPLACE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(price) FROM sales); END $$',
        )
      })
      expect(notes).toEqual([about('prices()', 'orders')])
      expect(await calls('SELECT prices()')).toBe('fails')
      expect(await calls('SELECT total(), parsed()')).toBe('works')
    })
  },
)
