import { createServer } from 'node:http'

/**
 * A step of the model: a call of a tool, or the last words of a turn.
 * @typedef {{ tool: string, args: Record<string, unknown> } | { text: string }} Step
 *
 * @typedef {object} Turn
 * @property {string} says what the user's message holds
 * @property {((results: string[], said: string) => Step)[]} steps one for each time the model is asked in this turn, given what its tools answered and all that was said before
 */

/** @param {unknown} content */
const textOf = (content) =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part) => part?.text ?? '').join('\n')
      : ''

/**
 * A model that speaks OpenAI's chat completions and follows a script. Answers `text` where it has none.
 * @param {Turn[]} turns
 */
export const startScriptedModel = async (turns) => {
  /** @type {string[]} */
  const results = []
  let said = ''

  /** @param {{ role: string, content: unknown }[]} messages @returns {Step} */
  const next = (messages) => {
    // OpenClaw repeats its own context as a user message, so the turn is the last one that a script knows.
    const isTurn = (/** @type {{ role: string, content: unknown }} */ { role, content }) =>
      role === 'user' && turns.some(({ says }) => textOf(content).includes(says))
    const from = messages.map(isTurn).lastIndexOf(true)
    const turn = turns.find(({ says }) => textOf(messages[from]?.content).includes(says))
    const answered = messages.slice(from).filter(({ role }) => role === 'tool')
    const seen = answered.map(({ content }) => textOf(content))
    said = messages.map(({ content }) => textOf(content)).join('\n')
    const step = turn?.steps[seen.length]?.(seen, said)
    if (step) return step
    const last = seen.at(-1)
    if (last !== undefined) results.push(last)
    return { text: 'Done.' }
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (!request.url?.endsWith('/chat/completions')) return response.writeHead(404).end('{}')
    const { messages, stream } = JSON.parse(body)
    const step = next(messages)
    const delta =
      'text' in step
        ? { role: 'assistant', content: step.text }
        : {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                index: 0,
                id: `call_${messages.length}`,
                type: 'function',
                function: { name: step.tool, arguments: JSON.stringify(step.args) },
              },
            ],
          }
    const finish_reason = 'text' in step ? 'stop' : 'tool_calls'
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const base = { id: 'completion', created: 1, model: 'scripted' }
    if (!stream) {
      response.writeHead(200, { 'content-type': 'application/json' })
      const choices = [{ index: 0, message: delta, finish_reason }]
      return response.end(JSON.stringify({ ...base, object: 'chat.completion', choices, usage }))
    }
    const send = (/** @type {object} */ choice, extra = {}) =>
      response.write(
        `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }], ...extra })}\n\n`,
      )
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    send({ delta, finish_reason: null })
    send({ delta: {}, finish_reason }, { usage })
    response.end('data: [DONE]\n\n')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    /** What the tools of finished turns answered last. */
    results,
    /** All that the model was last shown. */
    said: () => said,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
