import { readFileSync } from 'node:fs'
import { MigrateError } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../../packages/core/src/errors/codes.ts'
import { readTexts } from '../tree.ts'

interface Section {
  readonly code: string
  readonly cause: string
  readonly remedy: string
}

/** `### CODE`, a paragraph with the cause, a paragraph that begins with `**Do:**`. */
function sectionsOf(page: string): readonly Section[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((part) => {
      const [code = '', ...paragraphs] = part.split(/^## /m)[0]?.trim().split(/\n\n+/) ?? []
      const remedy = paragraphs.find((text) => text.startsWith('**Do:** ')) ?? ''
      const cause = paragraphs.filter((text) => text !== remedy).join('\n\n')
      return { code, cause, remedy: remedy.slice('**Do:** '.length) }
    })
}

const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8')
const sections = sectionsOf(page)

describe('docs/reference/errors.md and the catalogue are in step', () => {
  test('each code has one section, and each section a code', () => {
    expect(sections.map(({ code }) => code).sort()).toEqual([...errorCodes])
  })

  test.each(sections)('$code has a cause and the remedy that the error carries', ({ code, cause, remedy }) => {
    expect(cause).toMatch(/^[A-Z`].{20,}\.$/s)
    // The remedy of the catalogue is what an error has that is given none.
    const error = new MigrateError(code as 'USAGE', { problem: '' }, '')
    expect(remedy).toBe(error.remedy)
    expect(remedy).toMatch(/\.$/)
    // The page has an anchor for each heading; the site takes the code as it is written.
    expect(error.docs).toBe(`docs/reference/errors#${code}`)
    expect(error.toJSON()).toMatchObject({ code, docs: `docs/reference/errors#${code}` })
  })

  test('a section that lacks something is seen', () => {
    expect(sectionsOf('## A\n\n### ONE\n\nIt was so.\n\n**Do:** That.\n\n## B\n\ntext\n\n### TWO\n')).toEqual([
      { code: 'ONE', cause: 'It was so.', remedy: 'That.' },
      { code: 'TWO', cause: '', remedy: '' },
    ])
  })
})

describe('the catalogue', () => {
  test('has fewer than 110 codes', () => {
    expect(errorCodes.length).toBeLessThan(110)
  })

  test('has one remedy per code', () => {
    const remedies = sections.map(({ remedy }) => remedy)
    const duplicates = remedies.filter((remedy, index) => remedies.indexOf(remedy) !== index)
    expect(duplicates).toEqual([])
  })

  test('has no code that nothing throws', () => {
    const mentioned = new Set<string>()
    for (const [path, text] of Object.entries(readTexts(['packages', 'apps']))) {
      if (!/^(packages|apps)\/[^/]+\/(src|bin)\//.test(path) || path.includes('/errors/catalogue/')) continue
      // What runs before anything is built has no MigrateError and writes its code into the text.
      const codes = path.includes('/bin/') ? /()\b([A-Z]+_[A-Z_]+)\b/g : /(['"`])([A-Z_]+)\1/g
      for (const [, , code = ''] of text.matchAll(codes)) mentioned.add(code)
    }
    expect(errorCodes.filter((code) => !mentioned.has(code))).toEqual([])
  })
})
