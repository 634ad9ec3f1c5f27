/** Models that cannot look at files: many refuse the whole request for one picture, and every turn of the room with it. */
import type { Model, ModelRequest } from './model.ts';

/** The same model; where it refuses a request with files, it is asked again with their names only. */
export function askAgainWithoutFiles(model: Model, log?: { debug(fields: object, message: string): void }): Model {
  return {
    name: model.name,
    async *stream(request, signal) {
      if (!hasFiles(request)) return yield* model.stream(request, signal);
      let isFirst = true;
      for await (const part of model.stream(request, signal)) {
        if (isFirst && part.type === 'failure' && part.code === 'model-refused') {
          log?.debug({ model: model.name, detail: part.detail }, 'the model refuses files, and is asked without');
          return yield* model.stream(withNamesOnly(request), signal);
        }
        isFirst = false;
        yield part;
      }
    },
  };
}

const hasFiles = ({ messages }: ModelRequest): boolean =>
  messages.some((message) => message.role === 'user' && message.files?.some(({ data }) => data !== undefined));

const withNamesOnly = (request: ModelRequest): ModelRequest => ({
  ...request,
  messages: request.messages.map((message) =>
    message.role === 'user' && message.files
      ? { ...message, files: message.files.map(({ data: _data, ...named }) => named) }
      : message,
  ),
});
