using MedSeg.Files.Protobuf;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes the parts of an ONNX graph: weights, operators, input and output.</summary>
internal sealed class OnnxGraph
{
    private readonly ProtobufWriter _graph = new();
    private int _count;

    /// <summary>Gets the graph's bytes.</summary>
    public ReadOnlySpan<byte> Content => _graph.Content;

    /// <summary>Names the graph.</summary>
    public void Name(string name) => _graph.Text(OnnxFields.Graph.Name, name);

    /// <summary>Adds an initializer: a named float32 tensor.</summary>
    public string Constant(string name, IReadOnlyList<long> shape, ReadOnlySpan<byte> data)
    {
        byte[] bytes = data.ToArray();
        _graph.Message(OnnxFields.Graph.Initializer, tensor =>
        {
            foreach (long size in shape)
            {
                tensor.Number(OnnxFields.Tensor.Dimension, size);
            }

            tensor.Number(OnnxFields.Tensor.Type, OnnxFields.FloatType);
            tensor.Text(OnnxFields.Tensor.Name, name);
            tensor.Bytes(OnnxFields.Tensor.Data, bytes);
        });
        return name;
    }

    /// <summary>Adds an operator with one output.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="inputs">The names of its inputs; an empty name omits an optional input.</param>
    /// <param name="attributes">Numbers, lists of integers, or text.</param>
    /// <returns>The name of the output.</returns>
    public string Operator(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Operator(operation, $"{operation}_{++_count}", inputs, attributes);

    /// <summary>Adds an operator whose output has a given name; see <see cref="Operator(string, string[], ValueTuple{string, object}[])"/>.</summary>
    public string Operator(string operation, string output, string[] inputs, params (string Name, object Value)[] attributes)
    {
        _graph.Message(OnnxFields.Graph.Node, node =>
        {
            foreach (string input in inputs)
            {
                node.Text(OnnxFields.Node.Input, input);
            }

            node.Text(OnnxFields.Node.Output, output);
            node.Text(OnnxFields.Node.Name, output);
            node.Text(OnnxFields.Node.Operator, operation);
            foreach ((string name, object value) in attributes)
            {
                node.Message(OnnxFields.Node.Attribute, attribute => Write(attribute, name, value));
            }
        });
        return output;
    }

    /// <summary>Declares the input or output: [batch, channels, size, size] float32.</summary>
    public void Declare(int field, string name, int channels, int size) => _graph.Message(field, value =>
    {
        value.Text(1, name);
        value.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Number(1, OnnxFields.FloatType);
            tensor.Message(2, shape =>
            {
                shape.Message(1, dimension => dimension.Text(2, "batch"));
                foreach (int length in (int[])[channels, size, size])
                {
                    shape.Message(1, dimension => dimension.Number(1, length));
                }
            });
        }));
    });

    private static void Write(ProtobufWriter attribute, string name, object value)
    {
        attribute.Text(OnnxFields.Attribute.Name, name);
        switch (value)
        {
            case int number:
                attribute.Number(OnnxFields.Attribute.Int, number);
                attribute.Number(OnnxFields.Attribute.Type, OnnxFields.AttributeInt);
                break;
            case float number:
                attribute.Single(OnnxFields.Attribute.Float, number);
                attribute.Number(OnnxFields.Attribute.Type, OnnxFields.AttributeFloat);
                break;
            case string text:
                attribute.Text(OnnxFields.Attribute.Text, text);
                attribute.Number(OnnxFields.Attribute.Type, OnnxFields.AttributeText);
                break;
            case int[] numbers:
                foreach (int number in numbers)
                {
                    attribute.Number(OnnxFields.Attribute.Ints, number);
                }

                attribute.Number(OnnxFields.Attribute.Type, OnnxFields.AttributeInts);
                break;
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType().Name}.", nameof(value));
        }
    }
}
