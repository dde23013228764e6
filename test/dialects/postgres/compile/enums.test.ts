import { expect, it } from 'vitest'
import { describeOnDialects } from '../../../kit/servers.ts'
import { applied, statementTexts, world } from './kit.ts'

const mood = { name: 'mood' }

describeOnDialects(['postgres', 'postgres-next'], 'values of an enum', (_createDatabase, server) => {
  const on = world(server)

  it('go by a new type, with every column, default, array, key, check, index, view and trigger that names them', async () => {
    const setup = `
      CREATE SCHEMA app;
      CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
      CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'sad', l mood[] DEFAULT '{sad,ok}', CHECK (m <> 'ok'), UNIQUE (m));
      CREATE TABLE app.o (m mood REFERENCES t (m), "N" mood);
      CREATE INDEX i ON t (id) WHERE m = 'glad';
      CREATE VIEW v AS SELECT m, l FROM t WHERE m <> 'glad';
      CREATE VIEW w AS SELECT count(*) FROM v;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER g BEFORE UPDATE OF m ON t FOR EACH ROW WHEN (new.m = 'glad') EXECUTE FUNCTION f();
      INSERT INTO t VALUES (1, 'sad', '{sad,ok}'), (2, 'glad', '{sad,sad,glad}');
      INSERT INTO app.o VALUES ('sad', NULL), ('glad', 'sad')`
    await applied(on(), setup, {
      kind: 'alterEnum',
      enum: mood,
      rename: [{ value: 'glad', to: 'happy' }],
      add: [{ value: 'meh', before: 'ok' }],
      drop: [{ value: 'sad', replaceBy: 'meh' }],
    })
    const { sql } = on().database
    expect(
      await sql(
        "SELECT array_agg(enumlabel::text ORDER BY enumsortorder)::text AS v FROM pg_enum WHERE enumtypid = 'mood'::regtype",
      ),
    ).toEqual([{ v: '{meh,ok,happy}' }])
    expect(await sql('SELECT id, m::text, l::text FROM t ORDER BY id')).toEqual([
      { id: 1, m: 'meh', l: '{meh,ok}' },
      { id: 2, m: 'happy', l: '{meh,meh,happy}' },
    ])
    expect(await sql('SELECT m::text, "N"::text AS n FROM app.o ORDER BY o.m')).toEqual([
      { m: 'meh', n: null },
      { m: 'happy', n: 'meh' },
    ])
    expect(
      await sql("SELECT pg_get_expr(adbin, adrelid) AS d FROM pg_attrdef WHERE adrelid = 't'::regclass ORDER BY adnum"),
    ).toEqual([{ d: "'meh'::mood" }, { d: "'{meh,ok}'::mood[]" }])
    expect(await sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'i'")).toEqual([
      { indexdef: "CREATE INDEX i ON public.t USING btree (id) WHERE (m = 'happy'::mood)" },
    ])
    expect(
      await sql(
        "SELECT conname, contype::text FROM pg_constraint WHERE conrelid IN ('t'::regclass, 'app.o'::regclass) AND contype <> 'n' ORDER BY conname",
      ),
    ).toEqual([
      { conname: 'o_m_fkey', contype: 'f' },
      { conname: 't_m_check', contype: 'c' },
      { conname: 't_m_key', contype: 'u' },
      { conname: 't_pkey', contype: 'p' },
    ])
    expect(await sql('SELECT * FROM w')).toEqual([{ count: '1' }])
    expect(await sql("SELECT tgname FROM pg_trigger WHERE tgrelid = 't'::regclass AND NOT tgisinternal")).toEqual([
      { tgname: 'g' },
    ])
    expect(await sql("SELECT typname FROM pg_type WHERE typname LIKE '%migrate%'")).toEqual([])
  })

  it('that rows hold and that nothing replaces stop it before anything is changed', async () => {
    const setup =
      "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (m mood, l mood[]); INSERT INTO t VALUES ('ok', '{sad}')"
    const drop = { kind: 'alterEnum', enum: mood, drop: [{ value: 'sad' }] } as const
    await expect(applied(on(), setup, drop)).rejects.toThrow("rows with 'sad' in t.l")
    const { sql } = on().database
    expect(await sql("SELECT enumlabel::text AS v FROM pg_enum WHERE enumtypid = 'mood'::regtype ORDER BY 1")).toEqual([
      { v: 'ok' },
      { v: 'sad' },
    ])
  })

  it('come in another order by a new type, and rows, defaults and arrays keep theirs', async () => {
    const setup =
      "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok', l mood[]); " +
      "INSERT INTO t VALUES (1, 'sad', '{ok,sad}'), (2, 'happy', NULL)"
    await applied(on(), setup, { kind: 'alterEnum', enum: mood, order: ['happy', 'ok', 'sad'] })
    const { sql } = on().database
    await sql("INSERT INTO t (id, l) VALUES (3, '{happy}')")
    expect(await sql('SELECT id, m::text, l::text FROM t ORDER BY m')).toEqual([
      { id: 2, m: 'happy', l: null },
      { id: 3, m: 'ok', l: '{happy}' },
      { id: 1, m: 'sad', l: '{ok,sad}' },
    ])
  })

  it('are added at their place natively', async () => {
    expect(
      await statementTexts(on(), "CREATE TYPE mood AS ENUM ('a', 'c')", {
        kind: 'alterEnum',
        enum: mood,
        add: [{ value: 'b', after: 'a' }, { value: 'd' }],
      }),
    ).toEqual([`ALTER TYPE "mood" ADD VALUE 'b' AFTER 'a'`, `ALTER TYPE "mood" ADD VALUE 'd'`])
  })
})
