import { type ExecutionArgs, GraphQLError, getOperationAST, Kind, parse, type ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { measureComplexity } from './complexity.ts';
import { measureOperation, type OperationSize } from './measure.ts';

/** How large an operation may be, on every transport; `Server.limits` shows them. */
export const operationLimits = {
  maxDepth: 12,
  maxAliases: 30,
  maxTokens: 2000,
  maxComplexity: 5000,
  maxDirectives: 50,
  maxRootFields: 50,
} as const;

const limitOfSize: Record<keyof OperationSize, { limit: number; noun: string }> = {
  depth: { limit: operationLimits.maxDepth, noun: 'levels of fields' },
  aliases: { limit: operationLimits.maxAliases, noun: 'aliases' },
  directives: { limit: operationLimits.maxDirectives, noun: 'directives' },
  rootFields: { limit: operationLimits.maxRootFields, noun: 'root fields' },
};

/** Refuses operations that are too large: while parsing (tokens), validating (shape), and before executing (cost with its variables). */
export function useLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parse(source, { ...options, maxTokens: operationLimits.maxTokens }));
    },
    onValidate({ addValidationRule }) {
      addValidationRule(OperationSizeRule);
    },
    onExecute({ args, setResultAndStopExecution }) {
      const error = complexityError(args);
      if (error) setResultAndStopExecution({ errors: [error] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const error = complexityError(args);
      if (error) setResultAndStopExecution({ errors: [error] });
    },
  };
}

const OperationSizeRule: ValidationRule = (context) => ({
  [Kind.OPERATION_DEFINITION]: {
    enter(operation) {
      const size = measureOperation(context.getDocument(), operation);
      for (const [name, { limit, noun }] of Object.entries(limitOfSize)) {
        const count = size[name as keyof OperationSize];
        if (count > limit) context.reportError(tooLarge(`The operation has ${count} ${noun}; at most ${limit} are taken.`));
      }
      return false;
    },
  },
});

function complexityError({ schema, document, operationName, variableValues }: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const cost = measureComplexity({ schema, document, operation, variables: variableValues ?? {} });
  if (cost === null || cost <= operationLimits.maxComplexity) return null;
  return tooLarge(
    `The operation would cost ${cost}; at most ${operationLimits.maxComplexity} is taken. Ask for smaller pages or fewer nested lists.`,
  );
}

function tooLarge(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { spec: true, status: 400 } } });
}
