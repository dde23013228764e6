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
