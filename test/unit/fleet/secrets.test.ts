import { MigrateError } from '@org/migrate-core'
import type { FleetMember } from '@org/migrate-fleet'
import { expect, test } from 'vitest'
import { failureOf, secretsOf } from '../../../packages/fleet/src/run/failures.ts'

test.each([
  ['postgres://app:ge%20heim@db/shop', ['ge%20heim', 'ge heim']],
  ['postgres://app@db/shop?sslpassword=geheim&x=1', ['geheim']],
  ['libsql://shop.turso.io?tls=1&authToken=ey.J0', ['ey.J0']],
  ['sqlite:app.db', []],
])('what is secret in %s', (url, secrets) => {
  expect(secretsOf(url)).toEqual(secrets)
})

test('no failure of a member shows what is secret in its URL', () => {
  const member = { id: 'a', url: 'libsql://shop.turso.io?authToken=ey.J0' }
  expect(failureOf(member, new Error('401 for Bearer ey.J0')).message).toBe('401 for Bearer ***')
})

test('commands that a failure names say which database they need, without its password', () => {
  const remedy = 'Run `migrate upgrade a2` and then `migrate stamp a3`.'
  const error = new MigrateError('OBJECT_EXISTS', { object: 'column t.x' }, 'There is a column t.x already.', {
    remedy,
  })
  const configured = 'A command without `--url` takes the configured database: for m7 it needs the URL of that member'
  const adviceOf = (member: Omit<FleetMember, 'id'>) => failureOf({ id: 'm7', ...member }, error)
  expect(adviceOf({ schema: 'tenant_m7' })).toMatchObject({ remedy, reach: `${configured}, schema tenant_m7.` })
  const url = 'postgres://app:geheim@db/m7'
  expect(adviceOf({ url })).toMatchObject({ remedy, reach: `${configured}, postgres://app:***@db/m7.` })
  const watch = { remedy: 'Wait for that run: `migrate fleet watch` shows it.' }
  const other = new MigrateError('OBJECT_EXISTS', { object: 'column t.x' }, 'There is a column t.x already.', watch)
  expect(failureOf({ id: 'm7' }, other)).toMatchObject(watch)
  expect(failureOf({ id: 'm7' }, other)).not.toHaveProperty('reach')
})

test('a statement for an administrator says in which schema its names are', () => {
  const remedy = 'Let an administrator run `ALTER TABLE "users" OWNER TO the user`, and run it again.'
  const error = new MigrateError('OBJECT_MISSING', { object: 'table users' }, 'must be owner of table users', {
    remedy,
  })
  const adviceOf = (member: Omit<FleetMember, 'id'>) => failureOf({ id: 'm7', ...member }, error)
  expect(adviceOf({ schema: 'tenant_m7' })).toMatchObject({ remedy, reach: 'Run it for m7 in schema tenant_m7.' })
  expect(adviceOf({ url: 'postgres://app:geheim@db/m7', schema: 's' })).toMatchObject({
    remedy,
    reach: 'Run it for m7 in postgres://app:***@db/m7, schema s.',
  })
  expect(adviceOf({})).not.toHaveProperty('reach')
})
