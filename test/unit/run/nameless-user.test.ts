import { userInfo } from 'node:os'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

vi.mock('node:os', { spy: true })

beforeEach(() => {
  vi.resetModules()
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function user(): Promise<string> {
  const { userOfProcess } = await import('../../../packages/core/src/options/defaults.ts')
  return userOfProcess()
}
const root = { username: 'root', uid: 0, gid: 0, shell: '/bin/sh', homedir: '/root' }

it('a user whom Bun calls unknown, as it does where the environment has no USER, is recorded by number', async () => {
  vi.mocked(userInfo).mockReturnValue({ ...root, username: 'unknown', uid: 4711 })
  expect(await user()).toBe('uid 4711')
})

it('a user with a name is recorded by it', async () => {
  vi.mocked(userInfo).mockReturnValue(root)
  expect(await user()).toBe('root')
})

it('a user whom the system does not know is recorded as unknown', async () => {
  vi.mocked(userInfo).mockImplementation(() => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)')
  })
  expect(await user()).toBe('unknown')
})
