import { expect, it } from 'vitest'
import { groundOn } from './grounds/index.ts'
import { killMatrix } from './runner/matrix.ts'
import { wayUp } from './scenarios/open-webui.ts'

it('a run that is killed at a statement is ended by the next one', async () => {
  const ground = await groundOn('sqlite')
  try {
    const { wrong, ...figures } = await killMatrix({
      ground,
      scenario: 'openWebui',
      legs: wayUp,
      everyLeg: 8,
      everyPoint: 8,
      whole: () => true,
      onToHead: true,
    })
    expect(wrong).toEqual([])
    expect(figures.kills).toBe(figures.wanted)
    expect(figures.kills).toBeGreaterThan(10)
  } finally {
    await ground.close()
  }
}, 300_000)
