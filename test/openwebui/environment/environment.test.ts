import { isMigrateError } from '@org/migrate-core'
import { readEnvironment } from '@org/migrate-schema/environment'
import { describe, expect, it } from 'vitest'
import { type Case, canary, cases, defaults } from './cases.ts'

const dataFolder = '/app/data'

function thrown({ env }: Case): unknown {
  try {
    return readEnvironment(env, { dataFolder })
  } catch (error) {
    return error
  }
}

describe("what Open WebUI's environment says of the database", () => {
  it('is tried in more than eighty cases, each with a title of its own', () => {
    expect(cases.length).toBeGreaterThan(80)
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length)
  })

  it.each(cases.filter(({ error }) => error === undefined))('$title', ({ env, settings = {}, notes = [] }) => {
    const environment = readEnvironment(env, { dataFolder })
    expect(environment).toEqual({ settings: { ...defaults, ...settings }, notes })
    expect(environment.notes.join('\n')).not.toContain(canary)
  })

  it.each(cases.filter(({ error }) => error !== undefined))('is refused: $title', (each) => {
    const [code, variable, message] = each.error ?? ['INVALID_URL', '', '']
    const error = thrown(each)
    if (!isMigrateError(error, code)) throw new Error(`no ${code}`, { cause: error })
    expect(error.message).toMatch(new RegExp(`^${variable}\\b`))
    expect(error.message).toContain(message)
    const shown = [error.message, error.remedy, JSON.stringify(error), String(error.cause)].join('\n')
    expect(shown).not.toContain(canary)
    expect(shown).not.toContain(encodeURIComponent(canary))
  })

  it('reads the environment that it is given and no other', () => {
    process.env.DATABASE_SCHEMA = 'somebody_elses'
    try {
      expect(readEnvironment({}, { dataFolder }).settings).toEqual(defaults)
    } finally {
      delete process.env.DATABASE_SCHEMA
    }
  })

  it('looks for data/ in the working directory where no folder is named', () => {
    expect(readEnvironment({}).settings.url).toBe('sqlite:data/webui.db')
  })
})
