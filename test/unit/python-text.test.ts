import { expect, test } from 'vitest';
import { PythonFloat, pythonJson, titleCase } from '../../src/rest/python-text.ts';

// Each expectation is what CPython 3.11 prints.
test('JSON is written as json.dumps writes it', () => {
  expect(pythonJson({ status: 200, list: [1, 'x'], none: null, is: true, empty: {}, nothing: [] })).toBe(
    '{"status": 200, "list": [1, "x"], "none": null, "is": true, "empty": {}, "nothing": []}',
  );
  expect(pythonJson('größe 🦊 "x"\n\u007f')).toBe('"gr\\u00f6\\u00dfe \\ud83e\\udd8a \\"x\\"\\n\\u007f"');
  expect([0, 1, -1, 0.33].map((value) => pythonJson(new PythonFloat(value)))).toEqual(['0.0', '1.0', '-1.0', '0.33']);
});

test.each([
  ["'content_type' must be 'application/zip'", "'Content_Type' Must Be 'Application/Zip'"],
  ["'ebdece7f-2dba' FILE is not a zip file.", "'Ebdece7F-2Dba' File Is Not A Zip File."],
  ["it's 3rd größe ßx éa", "It'S 3Rd Größe Ssx Éa"],
])('%s has a capital at every word', (text, expected) => {
  expect(titleCase(text)).toBe(expected);
});
