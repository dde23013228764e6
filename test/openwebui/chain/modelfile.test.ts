import { describe, expect, it } from 'vitest'
import { modelfileOf, modelOf } from '../../../packages/schema/src/data/modelfile.ts'
import { readModelfile } from '../../../packages/schema/src/data/modelfile-text.ts'

const params = (content: string): unknown => JSON.parse(readModelfile(content).params)

describe('what a modelfile says', () => {
  it.each([
    ['FROM llama3:8b', 'llama3:8b'],
    ['from mistral\nsystem be brief', 'mistral'],
    ['# FROM no\nFROM   registry/ns-model:7b-q4\nFROM second', 'registry/ns-model:7b-q4'],
    ['FROM "./my model.gguf"', './my model.gguf'],
    ['FROM llama3\r\nSYSTEM x', 'llama3'],
    ['FROM\nllama3', undefined],
    ['PARAMETER top_k 40', undefined],
    ['', undefined],
  ])('%j builds on %j', (content, from) => {
    expect(readModelfile(content).from).toBe(from)
  })

  it('has parameters by their kinds, the first of each', () => {
    expect(
      params(
        'PARAMETER seed 12345678901234567890\nPARAMETER num_ctx +007\nparameter TEMPERATURE 0.8\nPARAMETER temperature 1\n' +
          'PARAMETER top_p .5\nPARAMETER use_mmap maybe\nPARAMETER numa TRUE\nPARAMETER top_k many\nPARAMETER tfs_z nan',
      ),
    ).toEqual({ seed: 12345678901234567000, num_ctx: 7, temperature: 0.8, top_p: 0.5, use_mmap: false, numa: true })
    expect(readModelfile('PARAMETER seed 12345678901234567890').params).toBe('{"seed": 12345678901234567890}')
  })

  it('has the template first, stops, adapter, system and messages', () => {
    expect(
      params(
        'PARAMETER stop "<|end|>"\nPARAMETER stop "</s>"\nTEMPLATE """ {{ .Prompt }}\n """\nADAPTER ./a.bin\n' +
          'SYSTEM """\nYou are "Mario".\n"""\nMESSAGE user Hi there\nMESSAGE assistant Wahoo!',
      ),
    ).toEqual({
      template: '{{ .Prompt }}',
      stop: ['<|end|>', '</s>'],
      adapter: './a.bin',
      system: 'You are "Mario".',
      messages: [
        { role: 'user', content: 'Hi there' },
        { role: 'assistant', content: 'Wahoo!' },
      ],
    })
    expect(params('SYSTEM be brief \nPARAMETER top_k 1')).toEqual({ top_k: 1, system: 'be brief' })
    expect(params('')).toEqual({})
  })
})

describe('the model of a modelfile', () => {
  const model = (modelfile: string) => modelOf({ tag_name: 'x:1', modelfile })

  it('a modelfile without content gives a model without parameters, an unreadable one none', () => {
    expect(model('{"title": "T"}')).toMatchObject({ base_model_id: null, params: '{}', name: 'T' })
    expect(model('{"title": "T", "content": 5}')).toMatchObject({ base_model_id: null, params: '{}' })
    for (const text of ['', 'null', '[]', '"x"', '{"title": ', 'not json']) expect(model(text)).toBeUndefined()
  })

  it('a missing title falls back to the tag name', () => {
    for (const text of ['{}', '{"title": null}', '{"title": 5}', '{"title": "\\u0000"}', '{"title": "\\ud83e"}']) {
      expect(model(text)?.name).toBe('x:1')
    }
  })

  it('copies the values as they are written', () => {
    const text =
      '{"title":"T","desc":1.0,"categories":[9007199254740993],"user":{"name":"A","community":false,"n":1e400}}'
    expect(model(text)?.meta).toBe(
      '{"description": 1.0, "profile_image_url": null, "ollama": {"modelfile": null}, "suggestion_prompts": null, ' +
        '"categories": [9007199254740993], "user": {"name": "A", "community": true, "n": 1e400}}',
    )
  })

  it('gives the modelfile back, and that the same model', () => {
    const converted = model('{"title":"T","desc":"d","content":"FROM a:b","user":{"x":1}}')
    const back = converted && modelfileOf(converted)
    expect(back?.tag_name).toBe('x:1')
    expect(JSON.parse(back?.modelfile ?? '')).toEqual({
      title: 'T',
      desc: 'd',
      imageUrl: null,
      content: 'FROM a:b',
      suggestionPrompts: null,
      categories: null,
      user: { x: 1, community: true },
    })
    expect(back && modelOf(back)).toEqual(converted)
  })

  it('is none where the model was not made from one', () => {
    expect(modelfileOf({ id: 'gpt', name: 'n', meta: '{"ollama": {"modelfile": "x"}}' })).toBeUndefined()
    for (const meta of ['{}', 'null', '{"ollama": {}}', '{"ollama": 5}', 'no']) {
      expect(modelfileOf({ id: 'ollama-x', name: 'n', meta })).toBeUndefined()
    }
  })
})
