namespace MedSeg.Interchange.Onnx;

/// <summary>The field numbers and types of ONNX that MedSeg reads and writes (onnx.proto of ONNX 1.12, IR version 8).</summary>
internal static class OnnxFields
{
    public const int IrVersion = 8;

    // The operator set version: Resize as used here needs 13, PRelu 9.
    public const int OperatorSet = 17;

    public const int FloatType = 1;

    public const int AttributeFloat = 1;
    public const int AttributeInt = 2;
    public const int AttributeText = 3;
    public const int AttributeInts = 7;

    // The keys of metadata_props.
    public const string StateKey = "medseg.state";
    public const string DigestKey = "medseg.sha256";

    public static class Model
    {
        public const int IrVersion = 1;
        public const int ProducerName = 2;
        public const int ProducerVersion = 3;
        public const int Graph = 7;
        public const int OperatorSets = 8;
        public const int Metadata = 14;
    }

    public static class Graph
    {
        public const int Node = 1;
        public const int Name = 2;
        public const int Initializer = 5;
        public const int Input = 11;
        public const int Output = 12;
    }

    public static class Node
    {
        public const int Input = 1;
        public const int Output = 2;
        public const int Name = 3;
        public const int Operator = 4;
        public const int Attribute = 5;
    }

    public static class Attribute
    {
        public const int Name = 1;
        public const int Float = 2;
        public const int Int = 3;
        public const int Text = 4;
        public const int Ints = 8;
        public const int Type = 20;
    }

    public static class Tensor
    {
        public const int Dimension = 1;
        public const int Type = 2;
        public const int Name = 8;
        public const int Data = 9;
    }
}
