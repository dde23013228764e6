// postgres.js: behind a text of more than 16 kB the following statements are queued in the client; a signal takes them out, but not COMMIT.
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { describeOnEach } from '../../kit/own-sessions.ts'

describeOnEach(['postgres'], 'closing statements that the driver has not sent yet', (createDatabase) => {
  it('are not left out of a commit when the signal speaks', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id integer PRIMARY KEY, name text)')
    // As a statement that ends just before the request to cancel it arrives.
    await database.sql(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF length(NEW.name) > 100 THEN BEGIN PERFORM pg_sleep(3); EXCEPTION WHEN query_canceled THEN NULL; END; END IF; RETURN NEW; END $$`)
    await database.sql('CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow()')
    const session = await dialectFor('postgres', database.url).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const stop = new AbortController()
    const scope = await session.begin({ signal: stop.signal })
    const closed = scope.commitWith?.([
      { sql: 'INSERT INTO t VALUES (1, ?)', params: ['x'.repeat(40_000_000)] },
      { sql: "INSERT INTO t VALUES (2, 'forgets the journal')" },
    ])
    setTimeout(() => stop.abort(new Error('enough')), 2500)
    expect(closed).toBeDefined()
    await closed?.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    const ids = (await database.sql('SELECT id FROM t ORDER BY id')).map(({ id }) => Number(id))
    expect([[], [1, 2]]).toContainEqual(ids)
  })
})
