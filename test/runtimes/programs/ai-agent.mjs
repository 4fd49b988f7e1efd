// An agent of AI SDK 7 with the example's tools; its model follows a script.
// By variables, because the repository itself has neither.
const [sdk = '', mocks = '', tools = ''] = ['ai-7', 'ai-7/test', './ai-agent-tools.mjs']
const { ToolLoopAgent } = await import(sdk)
const { MockLanguageModelV4 } = await import(mocks)
const { lookAtVideo, makeVideo } = await import(tools)

const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }

/** @param {string} toolName @param {object} input */
const call = (toolName, input) => ({
  content: [
    {
      type: 'tool-call',
      toolCallId: toolName + JSON.stringify(input),
      toolName,
      input: JSON.stringify(input),
    },
  ],
  finishReason: { unified: 'tool-calls', raw: undefined },
  usage,
  warnings: [],
})

/** @param {any[]} steps */
const run = async (steps) => {
  /** @type {unknown[]} */
  const schemas = []
  let asked = 0
  const model = new MockLanguageModelV4({
    doGenerate: async (/** @type {any} */ { tools, prompt }) => {
      if (asked === 0) schemas.push(...tools.map((/** @type {any} */ tool) => tool.inputSchema))
      const results = prompt
        .filter((/** @type {any} */ { role }) => role === 'tool')
        .flatMap((/** @type {any} */ { content }) =>
          content.map((/** @type {any} */ part) => part.output.value),
        )
      const step = steps[asked++]?.(results)
      return (
        step ?? {
          content: [{ type: 'text', text: JSON.stringify(results) }],
          finishReason: { unified: 'stop', raw: undefined },
          usage,
          warnings: [],
        }
      )
    },
  })
  const agent = new ToolLoopAgent({ model, tools: { makeVideo, lookAtVideo } })
  const { text } = await agent.generate({ prompt: 'Go' })
  return { results: JSON.parse(text), schemas }
}

const video = { model: 'hailuo-02-text-to-video-standard', prompt: 'A marble', duration_seconds: 6 }
const { results, schemas } = await run([
  () => call('makeVideo', { video: { ...video, duration_seconds: 7 } }),
  () => call('makeVideo', { video }),
  // It forgot that it had asked.
  () => call('makeVideo', { video: { ...video } }),
  async (/** @type {any} */ results) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return call('lookAtVideo', { order: results.at(-1).order })
  },
])
const [refused, bought, again, seen] = results
console.log(
  `FACTS ${JSON.stringify({
    refused: /duration_seconds: must be 6 or 10/.test(refused.error),
    sameTask: bought.task === again.task && typeof bought.task === 'string',
    status: seen.status,
    hasUrl: /^http.*\.mp4$/.test(seen.url),
    describesModels: JSON.stringify(schemas).includes('What the video shows, in words'),
  })}`,
)
